using Collector.Capabilities.Gateway;
using Collector.Capabilities.Status;

namespace Collector.Capabilities;

/// <summary>Everything that the collector can do. A new capability is one line here.</summary>
public static class CapabilityList
{
    public static readonly IReadOnlyList<Capability> All =
    [
        new GatewayCapability(),
        new StatusCapability(),
    ];
}
