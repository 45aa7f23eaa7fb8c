using System.Globalization;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Microsoft.Extensions.Time.Testing;

namespace Collector.IntegrationTests.Stores;

/// <summary>
/// What every store has to do alike: the same lines give the same rows. A derived class brings the store and a reader that
/// shows its rows as text, in order of timestamp and keys.
/// </summary>
public abstract class StoreConformance
{
    private const string Null = "(null)";

    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-03-01T12:00:00Z", CultureInfo.InvariantCulture);

    private readonly Table _table;

    protected StoreConformance()
    {
        string name = $"conformance_{Guid.NewGuid():N}";
        _table = SchemaReader.Read(name, $"""
            CREATE TABLE {name} (ts TIMESTAMP, venue SYMBOL, side SYMBOL, up BOOLEAN, state SYMBOL, n LONG, x DOUBLE, at TIMESTAMP, note VARCHAR)
            TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, venue, side)
            """, [])!;
    }

    /// <summary>Skips the test where the store is not to be had.</summary>
    protected abstract void SkipWithoutStore();

    private protected abstract IStore Open();

    /// <summary>All rows: the timestamp in µs and every column's value; null where there is none.</summary>
    private protected abstract Task<IReadOnlyList<object?[]>> ReadAsync(Table table);

    [SkippableFact]
    public Task Write_EveryType_IsReadBack() => SameAsync(
        [Row(Now, "binance", "buy", up: true, state: "open", n: 42, x: 1.5, at: Now.AddTicks(-10), note: "fine")]);

    [SkippableFact]
    public Task Write_EmptyKeys_AreEmptyTextAndNotNull() => SameAsync(
        [Row(Now, "", "", up: false), Row(Now, "binance", "", up: true)]);

    [SkippableFact]
    public Task Write_NothingButAKeyAndABoolean_LeavesTheRestNull() => SameAsync([Row(Now, "binance", "buy", up: false)]);

    [SkippableTheory]
    [InlineData("a b,c=d\\e\"f'g")]
    [InlineData("\\")]
    [InlineData("\"")]
    [InlineData("line\nfeed")]
    [InlineData("carriage\r\nreturn\t")]
    [InlineData("\n\n")]
    [InlineData("\\n")]
    [InlineData("Größe ½ 日本 \U0001F600\U0001D11E e\u0301")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("t")]
    [InlineData("1i")]
    public Task Write_Text_IsReadBackByteForByte(string text) => SameAsync(
        [Row(Now, text, "buy", up: true, state: text, note: text), Row(Now.AddTicks(10), "behind", "buy", up: true, n: 1)]);

    [SkippableFact]
    public Task Write_LongText_IsReadBack() => SameAsync(
        [Row(Now, new string('k', 255), "", up: true, note: string.Concat(Enumerable.Repeat("é\\ \n", 10_000)))]);

    [SkippableFact]
    public Task Write_EmptyText_IsNotNull() => SameAsync([Row(Now, "a", "b", up: true, state: "", note: "")]);

    [SkippableTheory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue + 1)]
    [InlineData(-1)]
    [InlineData(0)]
    public Task Write_Long_IsReadBack(long number) => SameAsync([Row(Now, "a", "b", up: true, n: number)]);

    [SkippableTheory]
    [InlineData(double.MaxValue)]
    [InlineData(double.MinValue)]
    [InlineData(double.Epsilon)]
    [InlineData(0.1)]
    [InlineData(1.0 / 3)]
    [InlineData(0)]
    [InlineData(123456789)]
    [InlineData(6.65e-260)]
    public Task Write_Double_IsReadBackToTheLastBit(double number) => SameAsync([Row(Now, "a", "b", up: true, x: number)]);

    [SkippableFact]
    public Task Write_DoubleWhoseBytesAreNewlines_DoesNotEndTheRow() => SameAsync(
        [
            Row(Now, "a", "b", up: true, x: BitConverter.Int64BitsToDouble(0x0A0A0A0A0A0A0A0A)),
            Row(Now, "a", "c", up: true, x: BitConverter.Int64BitsToDouble(0x225C0A2C203D0D5C)),
        ]);

    [SkippableFact]
    public Task Write_TimestampColumn_IsReadBackToTheMicrosecond() => SameAsync(
        [
            Row(Now, "a", "1", up: true, at: DateTimeOffset.UnixEpoch),
            Row(Now, "a", "2", up: true, at: Now.AddTicks(1_234_560)),
            Row(Now, "a", "3", up: true, at: DateTimeOffset.Parse("9999-12-31T23:59:59.999999Z", CultureInfo.InvariantCulture)),
        ]);

    [SkippableFact]
    public Task Write_RowsOneMicrosecondApart_AreTwo() => SameAsync(
        [Row(Now, "a", "b", up: true, n: 1), Row(Now.AddTicks(10), "a", "b", up: true, n: 2)]);

    [SkippableFact]
    public Task Write_KeysThatDifferInCase_AreTwo() => SameAsync(
        [Row(Now, "A", "b", up: true, n: 1), Row(Now, "a", "b", up: true, n: 2)]);

    [SkippableFact]
    public async Task Write_EqualKeysInOneBatch_TheLaterRowStandsWhole()
    {
        Reading later = Row(Now, "a", "b", up: false, x: 2);
        await SameAsync([Row(Now, "a", "b", up: true, state: "open", n: 1, note: "first"), later], expected: [later]);
    }

    [SkippableFact]
    public async Task Write_EqualKeysInALaterBatch_TheLaterRowStandsWhole()
    {
        Reading later = Row(Now, "a", "b", up: false, x: 2);
        Reading other = Row(Now, "a", "c", up: true, n: 3);
        await SameAsync([Row(Now, "a", "b", up: true, state: "open", n: 1, note: "first"), other], expected: null);
        await SameAsync([later], expected: [later, other]);
    }

    [SkippableFact]
    public async Task Write_SameBatchAgain_ChangesNothing()
    {
        Reading[] rows = [.. Enumerable.Range(0, 2000).Select(i => Row(Now.AddTicks(-i * 10_000_000L), $"v{i % 7}", "buy", up: i % 2 == 0, n: i, x: i / 3.0))];
        await SameAsync(rows, expected: null);
        await SameAsync(rows);
    }

    /// <summary>The last row of a series that is watched no more, in a table without BOOLEAN: no number is made up for it.</summary>
    [SkippableFact]
    public async Task Write_KeysAndAStateAlone_IsARowWhoseNumbersAreNull()
    {
        SkipWithoutStore();
        string name = $"conformance_{Guid.NewGuid():N}";
        Table table = SchemaReader.Read(
            name, $"CREATE TABLE {name} (ts TIMESTAMP, k SYMBOL, x DOUBLE, n LONG, state SYMBOL) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)", [])!;
        var writer = new LineWriter(table, new FakeTimeProvider(Now));
        writer.Begin("a");
        writer.Set(table["state"], "retired");
        Assert.Null(writer.End(Now));
        await using IStore store = Open();

        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));
        Assert.Equal(Outcome.Accepted.Instance, await store.WriteAsync(new Batch(table, writer.Written, 1), default));

        IReadOnlyList<object?[]> rows = [];
        for (int attempt = 0; attempt < 300 && rows.Count == 0; attempt++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(attempt == 0 ? 0 : 100), TimeProvider.System);
            rows = await ReadAsync(table);
        }

        Assert.Equal(["a", null, null, "retired"], Assert.Single(rows)[1..]);
    }

    private static Reading Row(
        DateTimeOffset ts, string venue, string side, bool up, string? state = null, long? n = null, double? x = null, DateTimeOffset? at = null, string? note = null) =>
        new(ts, venue, side, up, state, n, x, at, note);

    private Task SameAsync(Reading[] rows) => SameAsync(rows, rows);

    private async Task SameAsync(Reading[] rows, Reading[]? expected)
    {
        SkipWithoutStore();
        await using IStore store = Open();
        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(_table, default));
        Assert.Equal(Outcome.Accepted.Instance, await store.WriteAsync(Lines(rows), default));
        if (expected is not null)
        {
            string[] wanted = [.. expected.OrderBy(r => r.Ts).ThenBy(r => r.Venue, StringComparer.Ordinal).ThenBy(r => r.Side, StringComparer.Ordinal).Select(r => Shown(r.Values))];
            string[] found = [];
            for (int attempt = 0; attempt < 300 && !found.SequenceEqual(wanted, StringComparer.Ordinal); attempt++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(attempt == 0 ? 0 : 100), TimeProvider.System);
                found = [.. (await ReadAsync(_table)).OrderBy(r => (long)r[0]!).ThenBy(r => (string)r[1]!, StringComparer.Ordinal).ThenBy(r => (string)r[2]!, StringComparer.Ordinal).Select(Shown)];
            }

            Assert.Equal(wanted, found);
        }
    }

    private Batch Lines(Reading[] rows)
    {
        var writer = new LineWriter(_table, new FakeTimeProvider(Now));
        foreach (Reading row in rows)
        {
            writer.Begin(row.Venue, row.Side);
            writer.Set(_table["state"], row.State);
            writer.Set(_table["up"], row.Up);
            writer.Set(_table["n"], row.N);
            writer.Set(_table["x"], row.X);
            writer.Set(_table["at"], row.At);
            writer.Set(_table["note"], row.Note);
            Assert.Null(writer.End(row.Ts));
        }

        return new Batch(_table, writer.Written, writer.Rows);
    }

    private static string Shown(object?[] row) => string.Join(" | ", row.Select(value => value switch
    {
        null => Null,
        double number => $"double {number:R}",
        string text => $"\"{text}\"",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    }));

    private sealed record Reading(
        DateTimeOffset Ts, string Venue, string Side, bool Up, string? State, long? N, double? X, DateTimeOffset? At, string? Note)
    {
        public object?[] Values => [TimeWindow.Micros(Ts), Venue, Side, Up, State, N, X, At is { } at ? TimeWindow.Micros(at) : null, Note];
    }
}
