using Serilog.Core;
using Serilog.Events;

namespace Collector.Settings.Logging;

/// <summary>Makes the texts of each event visible and bounds them, whoever logged it: one event is one line.</summary>
internal sealed class VisibleProperties : ILogEventEnricher
{
    /// <summary>Bytes of one text. It may be a sentence of ours with several foreign texts in it, each of <see cref="VisibleText.MaxBytes"/>.</summary>
    private const int MaxBytes = 4 * VisibleText.MaxBytes;

    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        List<LogEventProperty>? changed = null;
        foreach ((string name, LogEventPropertyValue value) in logEvent.Properties)
        {
            if (value is ScalarValue { Value: string text } && VisibleText.Of(text, MaxBytes) is var visible && visible != text)
            {
                (changed ??= []).Add(new LogEventProperty(name, new ScalarValue(visible)));
            }
        }

        changed?.ForEach(logEvent.AddOrUpdateProperty);
    }
}
