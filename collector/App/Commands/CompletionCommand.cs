using System.CommandLine;
using Collector.Capabilities;

namespace Collector.App.Commands;

/// <summary>
/// <c>collector completion bash</c>: a script that has the shell ask the program itself what may follow, by the
/// <c>[suggest]</c> directive of System.CommandLine
/// (https://learn.microsoft.com/dotnet/standard/commandline/syntax#directives).
/// </summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # bash completion for collector: source <(collector completion bash)
        _collector() {
            local word=${COMP_WORDS[COMP_CWORD]} line=${COMP_LINE:${#COMP_WORDS[0]}} found
            found=$("${COMP_WORDS[0]}" "[suggest:$((COMP_POINT - ${#COMP_WORDS[0]}))]" "$line" 2>/dev/null)
            # Without a dash commands are meant; /h and -? are help for those who know them.
            case $word in
                -*) found=$(grep '^--' <<<"$found") ;;
                *) found=$(grep '^[a-z]' <<<"$found") ;;
            esac
            mapfile -t COMPREPLY < <(compgen -W "$found" -- "$word")
        }
        complete -o default -F _collector collector
        """;

    private static readonly Argument<string> Shell = new("shell") { Description = "bash" };

    public static Command Create()
    {
        Shell.AcceptOnlyFromAmong("bash");
        var command = new ExplainedCommand(
            "completion",
            "Print a script by which the shell completes commands and options.",
            """
            Example, for this shell and for all to come:
              source <(collector completion bash)
              collector completion bash > /etc/bash_completion.d/collector

            Exit codes: 0 done; 2 unknown shell.
            """) { Shell };
        command.SetAction(arguments => arguments.InvocationConfiguration.Output.WriteLine(Bash.ReplaceLineEndings("\n")));
        return command;
    }
}
