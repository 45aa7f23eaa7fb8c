using System.Globalization;
using System.Text.RegularExpressions;

namespace Collector.Sources.Exchange;

/// <summary>
/// When a venue is open: weekly sessions in its time zone, such as <c>Mon-Fri 09:30-16:00</c>. A session whose end is not
/// after its begin ends on the next day. None at all: always open. Holidays are not known.
/// </summary>
internal sealed partial class TradingSessions(IReadOnlyList<string> sessions, TimeZoneInfo zone)
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

    private static Session? Read(string text)
    {
        Match match = Form().Match(text);
        int first = Array.FindIndex(Days, day => day.Equals(match.Groups["first"].Value, StringComparison.OrdinalIgnoreCase));
        int last = match.Groups["last"].Success ? Array.FindIndex(Days, day => day.Equals(match.Groups["last"].Value, StringComparison.OrdinalIgnoreCase)) : first;
        return match.Success && first >= 0 && last >= 0 && Time(match.Groups["begin"].Value) is { } begin && Time(match.Groups["end"].Value) is { } end
            ? new Session(first, last, begin, end)
            : null;
    }

    private static TimeSpan? Time(string text) =>
        text == "24:00" ? TimeSpan.FromDays(1)
        : TimeSpan.TryParseExact(text, @"hh\:mm", CultureInfo.InvariantCulture, out TimeSpan time) ? time
        : null;

    [GeneratedRegex(@"^\s*(?<first>[A-Za-z]{3})(-(?<last>[A-Za-z]{3}))?\s+(?<begin>\d\d:\d\d)-(?<end>\d\d:\d\d)\s*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();

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
