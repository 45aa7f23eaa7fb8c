using System.Collections;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.CompilerServices;
using Collector.Capabilities;

namespace Collector.App.Doctor;

/// <summary>
/// Whether the places that the sources ask can be reached: the name is looked up and a connection is made, and nothing is
/// asked. Every address among a source's options counts, whatever its kind.
/// </summary>
internal static class SourceChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async IAsyncEnumerable<Finding> RunAsync(IReadOnlyList<ConfiguredSource> sources, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // All at once: a hundred endpoints that are away take as long as one.
        Task<Finding>[] checks = [.. sources.SelectMany(source => Addresses(source.Options).Where(address => address.Port > 0).Distinct().Select(address => CheckAsync(source, address, cancellationToken)))];
        foreach (Task<Finding> check in checks)
        {
            yield return await check;
        }

        foreach (ConfiguredSource source in sources.Where(source => !Addresses(source.Options).Any()))
        {
            yield return Finding.Ok("source", $"{source.Name} asks no other program");
        }
    }

    internal static IEnumerable<Uri> Addresses(object options)
    {
        foreach (PropertyInfo property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0))
        {
            switch (property.GetValue(options))
            {
                case Uri address:
                    yield return address;
                    break;
                case IDictionary or string or null:
                    break;
                case IEnumerable several:
                    foreach (Uri address in several.OfType<object>().SelectMany(each => each is Uri one ? [one] : IsOptions(each) ? Addresses(each) : []))
                    {
                        yield return address;
                    }

                    break;
                case { } inner when IsOptions(inner):
                    foreach (Uri address in Addresses(inner))
                    {
                        yield return address;
                    }

                    break;
                default:
                    break;
            }
        }
    }

    private static bool IsOptions(object value) => value.GetType() is { IsClass: true } type && type.Namespace?.StartsWith("Collector.Sources", StringComparison.Ordinal) == true;

    private static async Task<Finding> CheckAsync(ConfiguredSource source, Uri address, CancellationToken cancellationToken)
    {
        string place = $"{source.Name} at {address.GetLeftPart(UriPartial.Authority)}";
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address.DnsSafeHost, address.Port, deadline.Token);
            return Finding.Ok("source", $"{place} takes connections");
        }
        catch (SocketException exception)
        {
            return Finding.Warn("source", $"{place} cannot be reached: {exception.Message}", $"start it, or correct its address at {source.Path}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Finding.Warn("source", $"{place} took no connection within {Patience.TotalSeconds:0} s", $"see whether a firewall stands between, or correct its address at {source.Path}");
        }
    }
}
