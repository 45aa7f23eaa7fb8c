using System.Globalization;
using Demo.Daemons;

namespace Demo.Catalog;

/// <summary>
/// The records on disk, a file for each series and day: <c>{data_type}/{symbol}.{exchange}/{date}.parquet</c>. Every five
/// seconds what has come is written. A day's file is begun anew when the demo is; days older than a week are deleted.
/// </summary>
/// <param name="folder">Null writes nothing at all.</param>
internal sealed class DataCatalog(string? folder) : IRecordSink, IActor
{
    public const int DaysKept = 7;

    private const string DateFormat = "yyyy-MM-dd";
    private static readonly TimeSpan BetweenWrites = TimeSpan.FromSeconds(5);
    private readonly Dictionary<Series, (DateOnly Date, ParquetFile File)> _files = [];
    private TimeSpan _nextWrite = BetweenWrites;

    public void Add(in Series series, DateTime at, (double First, double Second) values)
    {
        if (folder is null)
        {
            return;
        }

        var date = DateOnly.FromDateTime(at);
        if (!_files.TryGetValue(series, out (DateOnly Date, ParquetFile File) day) || day.Date != date)
        {
            day.File?.Flush();
            day = (date, Begin(folder, series, date));
            _files[series] = day;
        }

        day.File.Add(at, values.First, values.Second);
    }

    public TimeSpan AdvanceTo(TimeSpan elapsed)
    {
        for (; _nextWrite <= elapsed; _nextWrite += BetweenWrites)
        {
            Flush();
        }

        return _nextWrite;
    }

    public void Dispose() => Flush();

    private void Flush()
    {
        foreach ((_, ParquetFile file) in _files.Values)
        {
            file.Flush();
        }
    }

    private static ParquetFile Begin(string folder, in Series series, DateOnly date)
    {
        string days = Path.Combine(folder, series.DataType, $"{series.Symbol}.{series.Exchange}");
        Directory.CreateDirectory(days);
        foreach (string file in Directory.EnumerateFiles(days, "*.parquet"))
        {
            if (DateOnly.TryParseExact(Path.GetFileNameWithoutExtension(file), DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly old)
                && old < date.AddDays(-DaysKept))
            {
                File.Delete(file);
            }
        }

        return new ParquetFile(
            Path.Combine(days, date.ToString(DateFormat, CultureInfo.InvariantCulture) + ".parquet"),
            DataTypes.Columns(series.DataType));
    }
}
