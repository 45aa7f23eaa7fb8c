namespace Collector.Dashboards.Alerting;

internal enum Severity
{
    Warning,

    /// <summary>Pages in the <see cref="AlertLimits.PagingEnvironments"/>; a warning in any other.</summary>
    Critical,
}

/// <summary>One alert: what is asked, when it fires, and what whoever is woken by it reads and does.</summary>
/// <remarks>
/// Texts hold <c>{label}</c> for a label of the series, <c>{value}</c> for what was measured, <c>{state}</c> for what that means, and
/// <c>{limit}</c>; see <see cref="AlertText"/>.
/// </remarks>
/// <param name="Name">Its uid is <c>collector-NAME</c>.</param>
/// <param name="Title">What it is called in notifications; one of a kind in its folder.</param>
internal sealed record AlertRule(string Name, string Title)
{
    public string Uid => $"collector-{Name}";

    /// <summary>What it takes, in the words of the documentation.</summary>
    public required string Fires { get; init; }

    /// <summary>One row a series: texts, which become its labels, and one number, <c>value</c>.</summary>
    public required string Sql { get; init; }

    public required Limit Limit { get; init; }

    /// <summary>
    /// What the values 1, 2, … mean, where they stand for states. A state as a label would make another alert of each.
    /// </summary>
    public string[] States { get; init; } = [];

    /// <summary>Digits behind the point where the value is told.</summary>
    public int Decimals { get; init; }

    /// <summary>How long it has to last.</summary>
    public TimeSpan For { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>The panel that shows it: a dashboard's name, and the panel's number there.</summary>
    public required (string Dashboard, int Panel) Shown { get; init; }

    /// <summary>One line: who, and what of it.</summary>
    public required string Summary { get; init; }

    /// <summary>The number, and what it means.</summary>
    public required string Description { get; init; }

    /// <summary>What to do.</summary>
    public required string Runbook { get; init; }

    /// <summary>What to ask the database first; none where it is the database that is missing.</summary>
    public string? RunbookSql { get; init; }

    /// <summary>
    /// The rule that tells of a missing collector, and of a database that cannot be asked: no rows and no answer make it fire. All
    /// others then say nothing new.
    /// </summary>
    public bool IsWatchdog { get; init; }

    /// <summary>
    /// No series: nothing to watch, or a collector that is silent, which has an alert of its own. What fired is over.
    /// </summary>
    public string NoDataState => IsWatchdog ? "Alerting" : "OK";

    /// <summary>No answer says nothing of the series: what fires goes on firing, what does not stays quiet.</summary>
    public string ExecErrState => IsWatchdog ? "Alerting" : "KeepLast";
}

/// <param name="Above">Fires above the value, else below.</param>
/// <param name="Unit">As it stands behind the number, in words.</param>
internal sealed record Limit(bool Above, double Value, string Unit)
{
    public static Limit Over(double value, string unit = "") => new(true, value, unit);

    public static Limit Under(double value, string unit) => new(false, value, unit);

    /// <summary>A value that says yes or no, or how many.</summary>
    public static Limit Any { get; } = Over(0);

    public override string ToString() => Unit is "" or "%" ? $"{Value}{(Unit == "" ? "" : " %")}" : $"{Value} {Unit}";
}

/// <param name="Name">What the rules have in common.</param>
internal sealed record AlertGroup(string Name, AlertRule[] Rules);
