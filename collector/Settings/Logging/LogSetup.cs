using Serilog;
using Serilog.Core;
using Serilog.Formatting.Compact;

namespace Collector.Settings.Logging;

/// <summary>Logs go to standard output: readable on a terminal, JSON for a machine.</summary>
public static class LogSetup
{
    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    public static Logger Create(LogOptions options)
    {
        LoggerConfiguration configuration = new LoggerConfiguration()
            .Enrich.With(new VisibleProperties())
            .MinimumLevel.Is(options.Level)
            .MinimumLevel.Override("Microsoft", Serilog.Events.LogEventLevel.Warning)
            // Its failure to start is told in one sentence, not in a stack trace besides.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", Serilog.Events.LogEventLevel.Fatal)
            .MinimumLevel.Override("Polly", Serilog.Events.LogEventLevel.Error);
        return (options.Format == LogFormat.Json
            ? configuration.WriteTo.Console(new RenderedCompactJsonFormatter())
            : configuration.WriteTo.Console(outputTemplate: Template)).CreateLogger();
    }
}
