using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Spool;
using Collector.Pipe.State;
using Collector.Settings;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Tests.Pipe.State;

/// <summary>
/// Whenever the collector is killed, what a database holds in the end adds up: the increases of a series are what its counter
/// has grown by. For rows that are pushed, some of them late, and for those that sources write.
/// </summary>
public sealed partial class CounterHistoriesTests
{
    public enum Move
    {
        Push,
        PushAndHoldBack,
        Write,
        WriteAndFailToSync,
        Deliver,
        DeliverNewest,
        Save,
        Restart,
        Kill,
    }

    [Histories(100)]
    public Property Counters_AnyHistory_IncreasesAddUp()
    {
        Gen<(Move, int)> step =
            from move in Gen.Elements(Enum.GetValues<Move>())
            from n in Gen.Choose(0, 1000)
            select (move, n);
        return Prop.ForAll(Arb.From(Gen.ListOf(step).Resize(40)), history =>
        {
            using var run = new Run();
            foreach ((Move move, int n) in history)
            {
                run.Take(move, n);
            }

            run.Check();
        });
    }

    [GeneratedRegex(@"^(?<series>[^ ]+) c=(?<value>\d+)i(,c_delta=(?<delta>\d+)i)? (?<time>\d+)t?$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex RowPattern();

    private sealed class Run : IDisposable
    {
        private static readonly Table Pushed = Counters("pushed");
        private static readonly Table Written = Counters("written");

        private readonly SpoolFixture _fixture = new();
        private readonly TemporaryFolder _states = new();
        private readonly Dictionary<string, (long First, long Last)> _counters = new(StringComparer.Ordinal);
        private readonly Dictionary<(string Series, string Time), long> _stored = [];
        private readonly Queue<string> _heldBack = new();
        private string _directory;
        private string _stateFile;
        private SpoolDirectory _spool = null!;
        private LocalState _state = null!;
        private PushedCounters _push = null!;
        private LineWriter _writer = null!;
        private long _time;
        private int _kills;

        public Run()
        {
            _fixture.Options = _fixture.Options with { SegmentBytes = ByteSize.KiB(64), Fsync = FsyncMode.Always };
            (_directory, _stateFile) = (_fixture.Root, _states.File("state.db"));
            Start();
        }

        public void Take(Move move, int n)
        {
            switch (move)
            {
                case Move.Push:
                    PushRows(n, holdsBack: false);
                    break;
                case Move.PushAndHoldBack:
                    PushRows(n, holdsBack: true);
                    break;
                case Move.Write:
                    WriteRows(n);
                    break;
                case Move.WriteAndFailToSync:
                    _fixture.Disk.FailsSync = true;
                    WriteRows(n);
                    _fixture.Disk.Heal();
                    break;
                case Move.Deliver:
                    Deliver(Log(n), log => log.OpenReader(), n);
                    break;
                case Move.DeliverNewest:
                    Deliver(Log(n), log => log.OpenReaderNearEnd(), n);
                    break;
                case Move.Save:
                    _state.Save();
                    break;
                case Move.Restart:
                    Stop();
                    Start();
                    break;
                case Move.Kill:
                    Kill();
                    break;
            }
        }

        public void Check()
        {
            while (_heldBack.TryDequeue(out string? late))
            {
                PushLines(late, 1);
            }

            foreach (SpoolLog log in _spool.Logs)
            {
                Deliver(log, each => each.OpenReader(), int.MaxValue);
            }

            foreach ((string series, (long first, long last)) in _counters)
            {
                long sum = _stored.Where(row => row.Key.Series == series).Sum(row => row.Value);
                Assert.True(sum == last - first, $"{series} grew by {last - first}, its increases add up to {sum}");
            }
        }

        public void Dispose()
        {
            Stop();
            _fixture.Dispose();
            _states.Dispose();
        }

        private static Table Counters(string name) => TestTable.Read(
            $"CREATE TABLE {name} (ts TIMESTAMP, k SYMBOL, c LONG, c_delta LONG) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)");

        private void Start()
        {
            _spool = _fixture.Open(_directory);
            _state = LocalState.Open(_stateFile, new NullLogger<LocalState>());
            PendingCounters.Resume(_spool, new TableCatalog([Pushed, Written]), _state.Baselines);
            _state.Save();
            _spool.BeforeDelete = _ => _state.Save();
            _spool.DropDelivered();
            _push = new PushedCounters(Pushed, _state.Baselines);
            _writer = new LineWriter(Written, _fixture.Time, _state.Baselines);
        }

        private void Stop()
        {
            _spool.Dispose();
            _state.Dispose();
        }

        /// <summary>Goes on with copies of the files as they are.</summary>
        private void Kill()
        {
            string directory = Path.Combine(_fixture.Root + "-copies", Guid.NewGuid().ToString("N"));
            SpoolFixture.Copy(_directory, directory);
            string states = Directory.CreateDirectory(_states.File($"killed-{++_kills}")).FullName;
            foreach (string file in Directory.GetFiles(Path.GetDirectoryName(_stateFile)!))
            {
                File.Copy(file, Path.Combine(states, Path.GetFileName(file)));
            }

            Stop();
            (_directory, _stateFile) = (directory, Path.Combine(states, "state.db"));
            Start();
        }

        private void PushRows(int n, bool holdsBack)
        {
            var lines = new StringBuilder();
            int rows = 1 + (n % 400);
            int held = _heldBack.Count;
            for (int i = 0; i < rows; i++)
            {
                string series = $"pushed,k={(char)('a' + ((n + i) % 3))}";
                bool isKnown = _counters.ContainsKey(series);
                string row = $"{series} c={Grow(series, i + (n % 7))}i {Micros()}000\n";
                if (holdsBack && isKnown && i == n % rows && i < rows - 3) // a later row of its series goes first
                {
                    _heldBack.Enqueue(row);
                }
                else
                {
                    lines.Append(row);
                }
            }

            PushLines(lines.ToString(), rows - (_heldBack.Count - held));
            if (n % 3 == 0 && _heldBack.TryDequeue(out string? late))
            {
                PushLines(late, 1);
            }
        }

        private void PushLines(string lines, int rows) =>
            Append("pushed", _push.Run(Encoding.ASCII.GetBytes(lines)), rows, _push.Keep);

        private void WriteRows(int n)
        {
            for (int i = 0; i <= n % 400; i++)
            {
                string key = $"{(char)('a' + ((n + i) % 3))}";
                _writer.Begin(key);
                _writer.Set(Written["c"], Grow($"written,k={key}", i + (n % 7)));
                Assert.Null(_writer.End(Micros()));
            }

            if (Append("written", _writer.Written, _writer.Rows, _writer.WhenWritten))
            {
                _writer.Clear();
            }
            else
            {
                _writer.Discard();
            }
        }

        private bool Append(string table, ReadOnlyMemory<byte> lines, int rows, Action<ulong> written) =>
            _spool.Log(table).AppendAsync(lines, rows, written, CancellationToken.None).AsTask().GetAwaiter().GetResult().Status == AppendStatus.Appended;

        private long Grow(string series, int by)
        {
            _counters[series] = _counters.TryGetValue(series, out (long First, long Last) known) ? (known.First, known.Last + by) : (5, 5);
            return _counters[series].Last;
        }

        private long Micros() => ((_fixture.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / 10) - 3_600_000_000 + ++_time;

        private SpoolLog Log(int n) => _spool.Log(n % 2 == 0 ? "pushed" : "written");

        private void Deliver(SpoolLog log, Func<SpoolLog, SpoolReader> open, int n)
        {
            using SpoolReader reader = open(log);
            var batch = new SpoolBatch();
            for (int i = 0; i <= n % 5 || n == int.MaxValue; i++)
            {
                if (!reader.Read(batch, 500, 1 << 20))
                {
                    return;
                }

                foreach (string row in Encoding.Latin1.GetString(batch.Lines.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    Match match = RowPattern().Match(row);
                    Assert.True(match.Success, row);
                    _stored[(match.Groups["series"].Value, match.Groups["time"].Value)] =
                        match.Groups["delta"].Success ? long.Parse(match.Groups["delta"].Value, CultureInfo.InvariantCulture) : 0;
                }

                foreach (BatchRecord record in batch.Records)
                {
                    log.Complete(record.Id, record.Id);
                }
            }
        }
    }
}
