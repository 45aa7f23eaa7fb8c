using Collector.Sources.Daemon;
using Collector.Sources.Exchange;
using Collector.Sources.Host;
using Collector.Sources.Pipeline;
using Collector.Sources.Prometheus;
using Collector.Sources.Storage;
using Collector.Sources.Trading;

namespace Collector.Sources;

/// <summary>A kind of source: its slug in the configuration, its options, and how one is made of them.</summary>
public sealed record SourceKind(string Slug, Type Options, Func<SourceOptions, SourceContext, ISource> Create)
{
    public static SourceKind Of<TOptions>(string slug, Func<TOptions, SourceContext, ISource> create)
        where TOptions : SourceOptions =>
        new(slug, typeof(TOptions), (options, context) => create((TOptions)options, context));
}

/// <summary>Every kind of source there is. A new one is one line here.</summary>
public static class SourceCatalog
{
    public static readonly IReadOnlyList<SourceKind> All =
    [
        SourceKind.Of<DaemonOptions>("daemon", (options, context) => new DaemonSource(options, context)),
        SourceKind.Of<ExchangeOptions>("exchange", (options, context) => new ExchangeSource(options, context)),
        SourceKind.Of<HostOptions>("host", (options, context) => new HostSource(options, context)),
        SourceKind.Of<PipelineOptions>("pipeline", (options, context) => new PipelineSource(options, context)),
        SourceKind.Of<PrometheusOptions>("prometheus", (options, context) => new PrometheusSource(options, context)),
        SourceKind.Of<StorageOptions>("storage", (options, context) => new StorageSource(options, context)),
        SourceKind.Of<TradingOptions>("trading", (options, context) => options.Push ? new PushedStrategies(options, context) : new TradingSource(options, context)),
    ];
}
