using System.Globalization;

namespace Collector.Sources.Exchange;

/// <summary>
/// When a venue is open: weekly sessions in its time zone, such as <c>Mon-Fri 09:30-16:00</c>. A session whose end is not
/// after its begin ends on the next day. None at all: always open. Holidays are not known.
/// </summary>
internal sealed class TradingSessions(IReadOnlyList<string> sessions, TimeZoneInfo zone)
{
    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    private readonly Session[] _sessions = [.. sessions.Select(text => Read(text)!.Value)];

    /// <summary>Why a text is no session; null when it is one.</summary>
    public static string? Problem(string text) => Read(text) is null ? $"\"{text}\" is no session; write days and times, such as Mon-Fri 09:30-16:00" : null;

    public bool IsOpen(DateTimeOffset now)
    {
        DateTime local = TimeZoneInfo.ConvertTime(now, zone).DateTime;
        return _sessions.Length == 0 || Array.Exists(_sessions, session => session.Holds(local));
    }

    private static Session? Read(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var days, var times]
        && days.Split('-') is [var first, ..] and { Length: <= 2 } range && times.Split('-') is [var begin, var end]
        && Day(first) is { } firstDay && Day(range[^1]) is { } lastDay && Time(begin) is { } from && Time(end) is { } to
            ? new Session(firstDay, lastDay, from, to)
            : null;

    private static int? Day(string text) => Array.FindIndex(Days, day => day.Equals(text, StringComparison.OrdinalIgnoreCase)) is >= 0 and var day ? day : null;

    private static TimeSpan? Time(string text) =>
        text == "24:00" ? TimeSpan.FromDays(1)
        : TimeSpan.TryParseExact(text, @"hh\:mm", CultureInfo.InvariantCulture, out TimeSpan time) ? time
        : null;

    private readonly record struct Session(int First, int Last, TimeSpan Begin, TimeSpan End)
    {
        public bool Holds(DateTime local)
        {
            int day = (int)local.DayOfWeek;
            TimeSpan time = local.TimeOfDay;
            return End > Begin
                ? IsDay(day) && time >= Begin && time < End
                : (IsDay(day) && time >= Begin) || (IsDay((day + 6) % 7) && time < End);
        }

        private bool IsDay(int day) => First <= Last ? day >= First && day <= Last : day >= First || day <= Last;
    }
}
