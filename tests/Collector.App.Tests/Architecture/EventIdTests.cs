using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Collector.Tests.App.Architecture;

/// <summary>Each message of the log has a number of its own, in the range of its room: who filters by it must not meet another message under it.</summary>
public sealed class EventIdTests
{
    private const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<string, int> Ranges = new(StringComparer.Ordinal)
    {
        ["Collector.Settings"] = 1000,
        ["Collector.Lines"] = 2000,
        ["Collector.Pipe"] = 3000,
        ["Collector.Stores"] = 4000,
        ["Collector.Sources"] = 5000,
        ["Collector.Web"] = 6000,
        ["Collector.Capabilities"] = 7000,
        ["collector"] = 9000,
    };

    private static readonly (string Room, string Method, int Id)[] Messages =
    [
        .. Ranges.Keys.SelectMany(room => Assembly.Load(room).GetTypes().SelectMany(type => type.GetMethods(Any))
            .Select(method => (Room: room, Method: $"{method.DeclaringType!.Name}.{method.Name}", Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(found => found.Message is not null)
            .Select(found => (found.Room, found.Method, found.Message!.EventId))),
    ];

    [Fact]
    public void Ids_AreUsedOnce()
    {
        Assert.True(Messages.Length > 50); // else nothing was found
        string[] twice = [.. Messages.GroupBy(message => message.Id).Where(same => same.Count() > 1).Select(same => $"{same.Key}: {string.Join(", ", same.Select(message => message.Method))}")];

        Assert.Empty(twice);
    }

    [Fact]
    public void Ids_AreInTheRangeOfTheirRoom()
    {
        string[] outside = [.. Messages.Where(message => message.Id - Ranges[message.Room] is < 1 or > 999).Select(message => $"{message.Method} {message.Id}")];

        Assert.Empty(outside);
    }
}
