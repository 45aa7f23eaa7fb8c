using System.Data;
using Collector.Lines;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Collector.Pipe.State;

/// <summary>
/// The collector's own memory, <c>state.db</c>: where counters stood, and what sources remember. Losing it costs no data,
/// only baselines; so a file that cannot be read is set aside and a new one begun, and where the disk takes none it is kept
/// in memory for this run: rows on a full disk can only be delivered by a collector that starts.
/// </summary>
public sealed partial class LocalState : ISourceMemory, IDisposable
{
    /// <summary>Its file in <c>data_dir</c>.</summary>
    public const string FileName = "state.db";

    private readonly Dictionary<(string Source, string Key), string> _memory = [];
    private readonly HashSet<(string Source, string Key)> _changed = [];
    private readonly Lock _gate = new();
    private readonly SqliteConnection _database;
    private readonly CounterOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<LocalState> _logger;
    private bool _isFailing;

    private LocalState(SqliteConnection database, CounterBaselines baselines, CounterOptions options, TimeProvider clock, ILogger<LocalState> logger)
    {
        (_database, Baselines, _options, _clock, _logger) = (database, baselines, options, clock, logger);
        Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
        Upgrade();
        LoadCounters();
        LoadMemory();
    }

    public CounterBaselines Baselines { get; }

    /// <exception cref="SqliteException">Another process locks the file.</exception>
    public static LocalState Open(string path, ILogger<LocalState> logger) => Open(path, new CounterOptions(), TimeProvider.System, logger);

    /// <inheritdoc cref="Open(string, ILogger{LocalState})"/>
    public static LocalState Open(string path, CounterOptions options, TimeProvider clock, ILogger<LocalState> logger)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        LocalState Begin(string source) => LocalState.Begin(source, options, clock, logger);
        try
        {
            return Begin(path);
        }
        catch (SqliteException exception) when (!IsLocked(exception))
        {
            return BeginAnew(path, exception.Message, Begin, logger);
        }
    }

    public ISourceState Of(string source) => new SourceState(this, source);

    public IReadOnlyList<(string Source, string Key)> Remembered(string prefix)
    {
        lock (_gate)
        {
            return [.. _memory.Keys.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).Order()];
        }
    }

    public void Forget(string source, string key)
    {
        lock (_gate)
        {
            _memory.Remove((source, key));
            _changed.Add((source, key));
        }
    }

    public void ForgetAll(string source)
    {
        foreach ((_, string key) in Remembered("").Where(entry => entry.Source == source))
        {
            Forget(source, key);
        }
    }

    public void Save()
    {
        lock (_gate)
        {
            CounterChanges counters = TakeCounters();
            if (counters.IsEmpty && _changed.Count == 0)
            {
                return;
            }

            try
            {
                using SqliteTransaction transaction = _database.BeginTransaction();
                Write(counters);
                foreach ((string source, string key) in _changed)
                {
                    if (_memory.TryGetValue((source, key), out string? value))
                    {
                        Execute("INSERT OR REPLACE INTO memory VALUES ($1, $2, $3)", source, key, value);
                    }
                    else
                    {
                        Execute("DELETE FROM memory WHERE source = $1 AND key = $2", source, key);
                    }
                }

                transaction.Commit();
                counters.Saved();
                _changed.Clear();
                _isFailing = false;
            }
            catch (SqliteException exception)
            {
                counters.Unsaved(Baselines);
                if (!_isFailing)
                {
                    LogUnsaved(_logger, exception.Message);
                }

                _isFailing = true;
            }
        }
    }

    public void Dispose()
    {
        if (_database.State != ConnectionState.Closed)
        {
            Save();
            _database.Dispose();
        }
    }

    /// <summary>What cannot be opened is out of the way first: its baselines would be too old for the next start.</summary>
    private static LocalState BeginAnew(string path, string reason, Func<string, LocalState> begin, ILogger<LocalState> logger)
    {
        string aside = $"{path}.corrupt";
        try
        {
            if (SetAside(path, aside))
            {
                LogSetAside(logger, aside, reason);
            }

            return begin(path);
        }
        catch (Exception exception) when ((exception is SqliteException fault && !IsLocked(fault)) || exception is IOException or UnauthorizedAccessException)
        {
            LogInMemory(logger, path, exception.Message);
            return begin(":memory:");
        }
    }

    /// <returns>False where there is nothing.</returns>
    private static bool SetAside(string path, string aside)
    {
        bool isThere = Path.Exists(path);
        if (Directory.Exists(path))
        {
            Directory.Move(path, aside);
        }
        else if (isThere)
        {
            File.Move(path, aside, overwrite: true);
        }

        File.Delete(path + "-wal");
        File.Delete(path + "-shm");
        return isThere;
    }

    /// <summary>SQLITE_BUSY and SQLITE_LOCKED: the file is good.</summary>
    private static bool IsLocked(SqliteException exception) => exception.SqliteErrorCode is 5 or 6;

    private static LocalState Begin(string path, CounterOptions options, TimeProvider clock, ILogger<LocalState> logger)
    {
        // A database that another process locks is tried again with the next reading: no reading waits long for it.
        var database = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            database.Open();
            return new LocalState(database, new CounterBaselines(), options, clock, logger);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private void LoadMemory()
    {
        using SqliteCommand memory = Command("SELECT source, key, value FROM memory");
        using SqliteDataReader kept = memory.ExecuteReader();
        while (kept.Read())
        {
            _memory[(kept.GetString(0), kept.GetString(1))] = kept.GetString(2);
        }
    }

    private void Execute(string sql, params ReadOnlySpan<object> values)
    {
        using SqliteCommand command = Command(sql, values);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        SqliteCommand command = _database.CreateCommand();
#pragma warning disable CA2100 // All texts are literals of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue($"${i + 1}", values[i]);
        }

        return command;
    }

    [LoggerMessage(3701, LogLevel.Warning, "The local state could not be read and was set aside as {File}; counters begin without a baseline, and no row is lost; check the disk: {Reason}")]
    private static partial void LogSetAside(ILogger logger, string file, string reason);

    [LoggerMessage(3702, LogLevel.Warning, "The local state could not be written, and is tried again with the next reading; see to the disk of data_dir, or a restart may count an increase twice: {Reason}")]
    private static partial void LogUnsaved(ILogger logger, string reason);

    [LoggerMessage(3703, LogLevel.Warning, "The local state could not be kept in {File}, and is kept in memory until the next start; see to the disk and the owner of data_dir: {Reason}")]
    private static partial void LogInMemory(ILogger logger, string file, string reason);

    private sealed class SourceState(LocalState state, string source) : ISourceState
    {
        public string? Get(string key)
        {
            lock (state._gate)
            {
                return state._memory.GetValueOrDefault((source, key));
            }
        }

        public IReadOnlyList<string> Keys(string prefix) =>
            [.. state.Remembered(prefix).Where(entry => entry.Source == source).Select(entry => entry.Key)];

        public void Set(string key, string value)
        {
            lock (state._gate)
            {
                state._memory[(source, key)] = value;
                state._changed.Add((source, key));
            }
        }

        public void Forget(string key) => state.Forget(source, key);

        public void Save() => state.Save();
    }
}
