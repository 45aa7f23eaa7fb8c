using Collector.Lines;
using Microsoft.Data.Sqlite;

namespace Collector.Pipe.State;

/// <content>Where counters stood, and how the tables of the file came to be what they are.</content>
public sealed partial class LocalState
{
    /// <summary>The longest time between two looks for baselines to forget.</summary>
    private static readonly TimeSpan ForgetInterval = TimeSpan.FromHours(1);

    /// <summary>What made each version of the file (<c>PRAGMA user_version</c>) out of the one before.</summary>
    private static readonly string[] Versions =
    [
        """
        CREATE TABLE IF NOT EXISTS counters (
            table_name TEXT NOT NULL, column_name TEXT NOT NULL, series BLOB NOT NULL, value INTEGER NOT NULL,
            PRIMARY KEY (table_name, column_name, series)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS memory (
            source TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (source, key)) WITHOUT ROWID;
        """,
        """
        ALTER TABLE counters ADD COLUMN seen INTEGER NOT NULL DEFAULT 0; -- seconds since 1970
        CREATE TABLE progress (table_name TEXT PRIMARY KEY, record INTEGER NOT NULL) WITHOUT ROWID;
        """,
    ];

    private long? _forgot;

    /// <summary>Baselines forgotten since the start.</summary>
    public long Forgotten { get; private set; }

    private long Now => _clock.GetUtcNow().ToUnixTimeSeconds();

    private long UnseenSince => Now - (long)_options.KeepFor.TotalSeconds;

    private void Upgrade()
    {
        using SqliteCommand asked = Command("PRAGMA user_version");
        long version = (long)asked.ExecuteScalar()!;
        if (version >= Versions.Length)
        {
            return;
        }

        // The first version bore no number; where it had no baselines, it makes no difference whether it was there.
        using SqliteTransaction transaction = _database.BeginTransaction();
        for (long next = version; next < Versions.Length; next++)
        {
            Execute(Versions[next]);
        }

        Execute("UPDATE counters SET seen = $1 WHERE seen = 0", Now);
        using SqliteCommand any = Command("SELECT count(*) FROM counters");
        Baselines.IsProgressKnown = (long)any.ExecuteScalar()! == 0;
        Execute($"PRAGMA user_version = {Versions.Length}");
        transaction.Commit();
    }

    private void LoadCounters()
    {
        Execute("DELETE FROM counters WHERE seen < $1", UnseenSince);
        using (SqliteCommand counters = Command("SELECT table_name, column_name, series, value, seen FROM counters"))
        using (SqliteDataReader row = counters.ExecuteReader())
        {
            while (row.Read())
            {
                Baselines.Load(new CounterState(row.GetString(0), row.GetString(1), row.GetFieldValue<byte[]>(2), row.GetInt64(3), row.GetInt64(4)));
            }
        }

        using SqliteCommand progress = Command("SELECT table_name, record FROM progress");
        using SqliteDataReader known = progress.ExecuteReader();
        while (known.Read())
        {
            CounterProgress of = Baselines.ProgressOf(known.GetString(0));
            of.Record = of.Saved = (ulong)known.GetInt64(1);
        }
    }

    /// <summary>How far the logs are comes first: the baselines are then at least as new.</summary>
    private CounterChanges TakeCounters()
    {
        (CounterProgress Progress, ulong Record)[] progress =
            [.. Baselines.Progress.Select(progress => (progress, progress.Record)).Where(moved => moved.Record != moved.progress.Saved)];
        var changed = new List<CounterState>();
        Baselines.SaveChanged(changed.Add, Now);
        return new CounterChanges(progress, changed, Forget());
    }

    private IReadOnlyList<CounterState> Forget()
    {
        bool isDue = _forgot is not { } last || Now - last >= ForgetInterval.TotalSeconds;
        if (!isDue && Baselines.Total <= _options.MaxBaselines)
        {
            return [];
        }

        _forgot = Now;
        IReadOnlyList<CounterState> forgotten = Baselines.Forget(UnseenSince, _options.MaxBaselines);
        Forgotten += forgotten.Count;
        return forgotten;
    }

    private void Write(CounterChanges counters)
    {
        Repeat("INSERT OR REPLACE INTO counters VALUES ($1, $2, $3, $4, $5)", counters.Changed, static state => [state.Table, state.Column, state.Series, state.Value, state.Seen]);
        Repeat("DELETE FROM counters WHERE table_name = $1 AND column_name = $2 AND series = $3", counters.Forgotten, static state => [state.Table, state.Column, state.Series]);
        Repeat("INSERT OR REPLACE INTO progress VALUES ($1, $2)", counters.Progress, static moved => [moved.Progress.Table, (long)moved.Record]);
    }

    /// <summary>Runs one statement for each item, prepared once: there may be very many.</summary>
    private void Repeat<T>(string sql, IReadOnlyList<T> items, Func<T, object[]> values)
    {
        if (items.Count == 0)
        {
            return;
        }

        using SqliteCommand command = Command(sql, values(items[0]));
        command.Prepare();
        foreach (T item in items)
        {
            object[] of = values(item);
            for (int i = 0; i < of.Length; i++)
            {
                command.Parameters[i].Value = of[i];
            }

            command.ExecuteNonQuery();
        }
    }

    /// <summary>What one save writes of counters.</summary>
    private sealed record CounterChanges(
        (CounterProgress Progress, ulong Record)[] Progress, IReadOnlyList<CounterState> Changed, IReadOnlyList<CounterState> Forgotten)
    {
        public bool IsEmpty => Progress.Length == 0 && Changed.Count == 0 && Forgotten.Count == 0;

        public void Saved()
        {
            foreach ((CounterProgress progress, ulong record) in Progress)
            {
                progress.Saved = record;
            }
        }

        /// <summary>What was forgotten stays in the file until the next start, which forgets it again.</summary>
        public void Unsaved(CounterBaselines baselines)
        {
            foreach (CounterState state in Changed)
            {
                baselines.Unsaved(state);
            }
        }
    }
}
