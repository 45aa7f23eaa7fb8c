using Collector.Pipe.Spool;
using FsCheck;
using FsCheck.Fluent;

namespace Collector.Tests.Pipe.Spool;

/// <summary>
/// Random histories of one log against a model that is a list. The model knows what was acknowledged and what was completed;
/// the spool has to offer exactly the difference, and its books have to close, after every step.
/// </summary>
public sealed class SpoolModelTests
{
    public enum Move
    {
        Append,
        AppendLarge,
        AppendOnFaultyDisk,
        ReadAndComplete,
        ReadAndForget,
        CompleteSome,
        CompleteAgain,
        Reclaim,
        Reopen,
        Kill,
        CutTail,
        LoseBlock,
    }

    [Histories(150)]
    public Property Log_AnyHistory_OffersWhatIsOwedAndItsBooksClose()
    {
        Gen<(Move, int)> step =
            from s in Gen.Elements(Enum.GetValues<Move>())
            from n in Gen.Choose(0, 1000)
            select (s, n);
        return Prop.ForAll(Arb.From(Gen.ListOf(step).Resize(60)), history =>
        {
            using var run = new Run();
            foreach ((Move s, int n) in history)
            {
                run.Take(s, n);
                run.Check();
            }
        });
    }

    private sealed class Run : IDisposable
    {
        private readonly SpoolFixture _fixture = new();
        private readonly SortedDictionary<ulong, int> _owed = [];
        private readonly HashSet<ulong> _seen = [];
        private string _directory;
        private SpoolDirectory _spool;
        private SpoolLog _log;
        private SpoolReader _reader;

        public Run()
        {
            _fixture.Options = _fixture.Options with { SegmentBytes = new(64 << 10), WhenFull = WhenFull.Refuse };
            _directory = _fixture.Root;
            _spool = _fixture.Open();
            _log = _spool.Log("trades");
            _reader = _log.OpenReader();
        }

        public void Take(Move step, int n)
        {
            switch (step)
            {
                case Move.Append:
                    Append(rows: 1 + (n % 7), width: 20);
                    break;
                case Move.AppendLarge:
                    Append(rows: 100 + n, width: 30);
                    break;
                case Move.AppendOnFaultyDisk:
                    FailToAppend(cannotCutBack: n % 2 == 0);
                    break;
                case Move.ReadAndComplete:
                case Move.ReadAndForget:
                    Read(maxRows: 1 + n, completes: step == Move.ReadAndComplete);
                    break;
                case Move.CompleteSome:
                    CompleteSome(n);
                    break;
                case Move.CompleteAgain when _log.NextId > 1:
                    _log.Complete(1, Math.Max(1, Math.Min(_log.NextId, _log.Watermark) - 1));
                    _owed.Remove(1);
                    break;
                case Move.Reclaim:
                    _log.Reclaim();
                    break;
                case Move.Reopen:
                    _spool.Dispose();
                    Start(_fixture.Open(_directory));
                    break;
                case Move.Kill:
                    Kill(cut: 0);
                    break;
                case Move.CutTail:
                    Kill(cut: n);
                    break;
                case Move.LoseBlock:
                    LoseBlock(n);
                    break;
            }
        }

        public void Check()
        {
            SpoolCounts counts = _log.Counts();
            Assert.Equal(0, counts.Remainder);
            Assert.Equal(_owed.Values.Sum(), counts.PendingRows);
            List<(ulong Id, int Rows, string Lines)> offered = SpoolFixture.ReadAll(_log);
            Assert.Equal(_owed, new SortedDictionary<ulong, int>(offered.ToDictionary(r => r.Id, r => r.Rows)));
            Assert.Equal(offered.Sum(r => r.Lines.Length), counts.PendingBytes);
            Assert.Equal(_owed.Count == 0, _log.OldestPending is null);
            Assert.Equal(_spool.TotalBytes, _log.TotalBytes);
            using SpoolReader all = _log.OpenReader();
            Assert.True(all.PendingRows >= counts.PendingRows);
        }

        public void Dispose()
        {
            _reader.Dispose();
            _fixture.Dispose();
        }

        /// <summary>A block of some segment can no longer be read. It costs the records in it, which the next reader finds out.</summary>
        private void LoseBlock(int n)
        {
            string[] files = SpoolFixture.Segments(Path.Combine(_directory, "trades"));
            if (files.Length == 0)
            {
                return;
            }

            string file = files[n % files.Length];
            long block = n % (1 + (new FileInfo(file).Length / 4096)) * 4096;
            SegmentScan.Run(file, SpoolDisk.Real, new DeliveredIds(1), 0, (in VisitedRecord record) =>
            {
                if (record.Offset < block + 4096 && record.Offset + record.Head.Size > block)
                {
                    _owed.Remove(record.Head.Id);
                }
            });
            _fixture.Disk.Lose(file, block);
            SpoolFixture.ReadAll(_log);
            _fixture.Disk.Heal();
        }

        private void Append(int rows, int width)
        {
            ulong id = SpoolFixture.Append(_log, rows, 'a', width);
            Assert.True(_seen.Add(id), $"id {id} is used twice");
            _owed.Add(id, rows);
        }

        private void FailToAppend(bool cannotCutBack)
        {
            _fixture.Disk.FailsWrites = true;
            _fixture.Disk.FailsSetLength = cannotCutBack;
            Assert.Equal(AppendStatus.Failed, SpoolFixture.TryAppend(_log, SpoolFixture.Lines(3), 3).Status);
            _fixture.Disk.Heal();
        }

        private void Read(int maxRows, bool completes)
        {
            var batch = new SpoolBatch();
            if (!_reader.Read(batch, maxRows, 1 << 20))
            {
                return;
            }

            Assert.True(batch.Rows <= maxRows || batch.Records.Length == 1);
            foreach (BatchRecord record in batch.Records)
            {
                Assert.Equal(_owed[record.Id], record.Rows);
            }

            if (completes)
            {
                Complete(batch.FirstId, batch.LastId);
            }
        }

        private void CompleteSome(int n)
        {
            if (_owed.Count > 0)
            {
                ulong first = _owed.Keys.ElementAt(n % _owed.Count);
                Complete(first, Math.Min(_log.NextId - 1, first + (ulong)(n % 5)));
            }
        }

        private void Complete(ulong first, ulong last)
        {
            _log.Complete(first, last);
            foreach (ulong id in _owed.Keys.Where(id => id >= first && id <= last).ToArray())
            {
                _owed.Remove(id);
            }
        }

        /// <summary>Goes on with a copy of the files, the last segment cut short by so many bytes of its last record.</summary>
        private void Kill(int cut)
        {
            SpoolDirectory next = CopyAndCut(cut);
            _spool.Dispose();
            Start(next);
        }

        private SpoolDirectory CopyAndCut(int cut)
        {
            string directory = Path.Combine(_fixture.Root + "-copies", Guid.NewGuid().ToString("N"));
            SpoolFixture.Copy(_directory, directory);
            string[] files = SpoolFixture.Segments(Path.Combine(directory, "trades"));
            if (cut > 0 && files.Length > 0)
            {
                CutLastRecord(files[^1], cut);
            }

            _directory = directory;
            return _fixture.Open(directory);
        }

        private void CutLastRecord(string file, int cut)
        {
            var scan = SegmentScan.Run(file, SpoolDisk.Real, new DeliveredIds(1), 0);
            if (scan.Totals.Records == 0)
            {
                return;
            }

            long last = 0;
            using (var reader = new SegmentReader(file, SpoolDisk.Real))
            {
                while (reader.TryReadHead(scan.DataEnd, out RecordHead head))
                {
                    last = reader.Position;
                    reader.Skip(head);
                }
            }

            using FileStream stream = File.OpenWrite(file);
            stream.SetLength(last + (cut % (scan.DataEnd - last)));
            _owed.Remove(scan.Totals.LastId);
        }

        private void Start(SpoolDirectory spool)
        {
            _reader.Dispose();
            _spool = spool;
            _log = spool.Log("trades");
            _reader = _log.OpenReader();
        }
    }
}
