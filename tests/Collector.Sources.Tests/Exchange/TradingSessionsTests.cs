using Collector.Sources.Exchange;

namespace Collector.Tests.Sources.Exchange;

public sealed class TradingSessionsTests
{
    [Theory]
    [InlineData("2026-01-02T14:30:00Z", true)] // Friday, 09:30 in New York
    [InlineData("2026-01-02T14:29:59Z", false)]
    [InlineData("2026-01-02T21:00:00Z", false)]
    [InlineData("2026-07-03T13:30:00Z", true)] // in summer an hour earlier by UTC
    [InlineData("2026-01-03T15:00:00Z", false)] // Saturday
    public void IsOpen_WithinADay_KeepsTheZonesTime(string time, bool open) => Assert.Equal(open, IsOpen(time, "Mon-Fri 09:30-16:00"));

    [Theory]
    [InlineData("2026-01-04T21:59:00Z", false)] // Sunday, before 17:00
    [InlineData("2026-01-04T22:00:00Z", true)]
    [InlineData("2026-01-05T20:59:00Z", true)] // Monday, before 16:00
    [InlineData("2026-01-05T21:00:00Z", false)] // the hour's break
    [InlineData("2026-01-09T20:59:00Z", true)] // Friday, still Thursday's session
    [InlineData("2026-01-09T22:30:00Z", false)]
    public void IsOpen_OverMidnight_EndsOnTheNextDay(string time, bool open) => Assert.Equal(open, IsOpen(time, "Sun-Thu 17:00-16:00"));

    [Theory]
    [InlineData("2026-01-03T12:00:00Z", true)] // Saturday
    [InlineData("2026-01-05T12:00:00Z", true)] // Monday
    [InlineData("2026-01-06T12:00:00Z", false)]
    public void IsOpen_OverTheWeeksEnd_Holds(string time, bool open) => Assert.Equal(open, IsOpen(time, "Fri-Mon 00:00-24:00"));

    [Fact]
    public void IsOpen_NoSession_IsAlways() => Assert.True(IsOpen("2026-01-03T12:00:00Z"));

    [Theory]
    [InlineData("Mon-Fri")]
    [InlineData("Mon-Fr 09:30-16:00")]
    [InlineData("Mon 9:30-16:00")]
    [InlineData("Mon 09:30-25:00")]
    [InlineData("09:30-16:00")]
    public void Problem_OfATextThatIsNone_IsTold(string text) => Assert.NotNull(TradingSessions.Problem(text));

    private static bool IsOpen(string time, params string[] sessions) =>
        new TradingSessions(sessions, TimeZoneInfo.FindSystemTimeZoneById("America/New_York")).IsOpen(DateTimeOffset.Parse(time));
}
