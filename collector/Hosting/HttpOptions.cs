using System.Net;
using Collector.Configuration;

namespace Collector.Hosting;

/// <summary>The listener of <c>/metrics</c> and the health checks.</summary>
internal sealed record HttpOptions : IChecked
{
    /// <summary>Address and port, as <c>127.0.0.1:9464</c>; <c>localhost</c> and IP addresses only. Default <c>127.0.0.1:9464</c>.</summary>
    public HostPort Listen { get; init; } = new("127.0.0.1", 9464);

    /// <summary>
    /// What a request for <c>/metrics</c> has to bring as <c>Authorization: Bearer ...</c>. Default none; without one only a
    /// loopback address may be listened at. The health checks tell nothing secret and ask for none.
    /// </summary>
    public Secret? Token { get; init; }

    public IEnumerable<(string Key, string Problem)> Check()
    {
        if (Listen.Host != "localhost" && !IPAddress.TryParse(Listen.Host, out _))
        {
            yield return ("listen", $"{Listen.Host} is neither localhost nor an IP address; write 0.0.0.0 for all of this machine's");
        }
        else if (!Listen.IsLoopback && Token is null)
        {
            yield return ("listen", $"{Listen} can be reached from other machines; set http.token too, or listen at 127.0.0.1");
        }
    }
}
