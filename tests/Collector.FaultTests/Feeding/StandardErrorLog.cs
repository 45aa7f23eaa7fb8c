using Microsoft.Extensions.Logging;

namespace Collector.FaultTests.Feeding;

/// <summary>Warnings and errors on standard error, a line each.</summary>
internal sealed class StandardErrorLog<T> : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Console.Error.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {logLevel} {formatter(state, exception)} {exception}".ReplaceLineEndings(" "));
        }
    }
}
