using System.Text;

namespace Collector.Benchmarks.Support;

/// <summary>
/// What a part has found, as <c>&lt;results&gt;/&lt;part&gt;.md</c> (<c>--results</c>), on the console, and as lines of one
/// table over all parts (<c>--summary</c>).
/// </summary>
internal sealed class Report(string part, string title, Arguments arguments)
{
    /// <summary>The columns of the summary; those of a part's own table are the same.</summary>
    public const string Head = "| part | measure | ours | baseline of the same run | target | met | peers, measured elsewhere |\n|---|---|---|---|---|---|---|";

    private readonly StringBuilder _body = new();
    private readonly List<Finding> _findings = [];
    private readonly string _busy = Machine.Busy();

    public string? QuestDb { get; set; }

    public void Say(string paragraph) => _body.Append('\n').Append(paragraph).Append('\n');

    public void Table(string[] head, IEnumerable<string[]> rows)
    {
        _body.Append('\n').Append(Row(head)).Append(Row([.. head.Select(_ => "---")]));
        foreach (string[] row in rows)
        {
            _body.Append(Row(row));
        }

        static string Row(string[] cells) => $"| {string.Join(" | ", cells)} |\n";
    }

    public void Add(Finding finding)
    {
        _findings.Add(finding);
        Console.WriteLine(finding.Row(part));
    }

    public void Write()
    {
        var text = new StringBuilder();
        text.Append($"# {title}\n\n{Machine.Describe(QuestDb)}\n\n    {Machine.Command(part)}\n\n{Head}\n");
        _findings.ForEach(finding => text.Append(finding.Row(part)).Append('\n'));
        text.Append(_body);
        text.Append($"\nWhat else ran in the second before: {_busy} of the processors' time. Above 10 % the wall-clock figures are void.\n");
        if (arguments.Text("results") is { } folder)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, $"{part}.md"), text.ToString());
        }

        if (arguments.Text("summary") is { } summary)
        {
            File.AppendAllLines(summary, _findings.Select(finding => finding.Row(part)));
        }
    }
}
