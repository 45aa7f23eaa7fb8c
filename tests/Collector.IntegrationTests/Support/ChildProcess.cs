using System.Diagnostics;

namespace Collector.IntegrationTests.Support;

/// <summary>
/// A process of the test's, with what it prints kept. Every wait has a deadline and shows the output when it is
/// missed. Disposing kills it together with its children.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private readonly Process _process;
    private readonly string _name;
    private readonly List<string> _lines = [];
    private readonly List<string> _errorLines = [];
    private readonly Lock _gate = new();
    private TaskCompletionSource _printed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Action<string>? _onLine;

    private ChildProcess(ProcessStartInfo start, Action<string>? onLine)
    {
        _onLine = onLine;
        _name = $"{start.FileName} {string.Join(' ', start.ArgumentList)}";
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data, isError: false);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data, isError: true);
    }

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>It has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The code it ended with: 128 + the signal's number when a signal ended it.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Everything printed so far, standard output and error as they came.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>What was printed so far on standard error alone.</summary>
    public string ErrorOutput
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _errorLines);
            }
        }
    }

    /// <summary>Starts a program. A variable with the value null is taken out of the environment.</summary>
    /// <param name="onLine">Gets each line of the standard output instead of its being kept; the standard input then stays open.</param>
    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? workingFolder = null,
        Action<string>? onLine = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingFolder ?? RepositoryRoot.Path,
        };
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            if (value is null)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }

        var child = new ChildProcess(start, onLine);
        child._process.Start();
        if (onLine is null)
        {
            child._process.StandardInput.Close();
        }

        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Starts one of the repository's own .NET programs, for instance ("demo", "demo").</summary>
    /// <param name="umask">Under which mask of file modes, such as 022; null for that of the tests.</param>
    public static ChildProcess StartProgram(
        string project,
        string assembly,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? umask = null) => umask is null
        ? Start("dotnet", [RepositoryRoot.Program(project, assembly), .. arguments], environment)
        : Start("sh", ["-c", $"umask {umask} && exec dotnet \"$@\"", "sh", RepositoryRoot.Program(project, assembly), .. arguments], environment);

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ChildProcess> RunAsync(
        string program,
        IEnumerable<string> arguments,
        TimeSpan within,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? workingFolder = null)
    {
        ChildProcess child = Start(program, arguments, environment, workingFolder);
        await child.WaitForExitAsync(within);
        return child;
    }

    /// <summary>Waits for a line that contains a text and returns it; lines printed before count too.</summary>
    public async Task<string> WaitForLineAsync(string containing, TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within);
        for (int seen = 0; ;)
        {
            Task more;
            lock (_gate)
            {
                for (; seen < _lines.Count; seen++)
                {
                    if (_lines[seen].Contains(containing, StringComparison.Ordinal))
                    {
                        return _lines[seen];
                    }
                }

                more = _printed.Task;
            }

            Task first = await Task.WhenAny(more, _process.WaitForExitAsync(deadline.Token));
            // The output is complete once the wait for the end is over: only then is a missing line missing.
            if (first != more && !more.IsCompleted)
            {
                throw Missed($"the line '{containing}'", within);
            }
        }
    }

    /// <summary>Waits until a page answers with the status, 200 unless another is given.</summary>
    public async Task WaitForHttpAsync(Uri page, TimeSpan within, int status = 200, Action<HttpRequestMessage>? prepare = null)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        using var deadline = new CancellationTokenSource(within);
        try
        {
            while (!HasExited)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, page);
                prepare?.Invoke(request);
                if (await StatusAsync(client, request, deadline.Token) == status)
                {
                    return;
                }

                await Task.Delay(Poll, TimeProvider.System, deadline.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Told below, with the output.
        }

        throw Missed($"{page} to answer {status}", within);
    }

    /// <summary>Waits for its end and returns the exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            TimeoutException missed = Missed("its end", within);
            await DisposeAsync();
            throw missed;
        }

        return ExitCode;
    }

    /// <summary>Writes a line to its standard input; one that has ended reads no more.</summary>
    public async Task WriteLineAsync(string line)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // Its end shows elsewhere.
        }
    }

    /// <summary>Sends it a signal.</summary>
    public void Signal(UnixSignal signal)
    {
        if (!signal.Send(Id) && !HasExited)
        {
            throw new InvalidOperationException($"{signal} could not be sent to {_name} ({Id}).");
        }
    }

    /// <summary>Asks it to stop by SIGTERM, waits for its end and returns the exit code.</summary>
    public Task<int> TerminateAsync(TimeSpan within)
    {
        Signal(UnixSignal.Terminate);
        return WaitForExitAsync(within);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!HasExited)
            {
                _process.Kill(entireProcessTree: true);
                using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
                await _process.WaitForExitAsync(deadline.Token);
            }
        }
        catch (Exception gone) when (gone is InvalidOperationException or OperationCanceledException)
        {
            // It has ended by itself, was disposed before, or a grandchild holds its output open.
        }

        _process.Dispose();
    }

    private static async Task<int> StatusAsync(HttpClient client, HttpRequestMessage request, CancellationToken cancel)
    {
        try
        {
            using HttpResponseMessage answer = await client.SendAsync(request, cancel);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return 0;
        }
    }

    private TimeoutException Missed(string awaited, TimeSpan within)
    {
        string state = HasExited ? $"it has ended with {ExitCode}" : $"waited {within.TotalSeconds} s";
        return new TimeoutException($"{_name}: no sign of {awaited} ({state}). It printed:\n{Output}");
    }

    private void Keep(string? line, bool isError)
    {
        if (line is null)
        {
            return;
        }

        if (!isError && _onLine is not null)
        {
            _onLine(line);
            return;
        }

        TaskCompletionSource printed;
        lock (_gate)
        {
            _lines.Add(line);
            if (isError)
            {
                _errorLines.Add(line);
            }

            printed = _printed;
            _printed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        printed.SetResult();
    }
}
