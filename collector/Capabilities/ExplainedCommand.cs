using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Collector.Capabilities;

/// <summary>A command whose <c>--help</c> says more than fits into its parent's list: what it does, an example, its exit codes.</summary>
public sealed class ExplainedCommand(string name, string description, string details) : Command(name, description)
{
    /// <summary>Has the program's help end with the details of the command that is asked about.</summary>
    public static void ExplainBy(RootCommand root, string details)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExplainedHelp((HelpAction)help.Action!, details);
    }

    private sealed class ExplainedHelp(HelpAction plain, string ofRoot) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            int code = plain.Invoke(parseResult);
            if (parseResult.CommandResult.Command switch { ExplainedCommand explained => explained.Details, RootCommand => ofRoot, _ => null } is { } details)
            {
                parseResult.InvocationConfiguration.Output.WriteLine(details);
            }

            return code;
        }
    }

    private string Details { get; } = details;
}
