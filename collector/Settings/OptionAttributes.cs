using System.ComponentModel.DataAnnotations;

namespace Collector.Settings;

/// <summary>The key of a property where it is not the name in snake case: <c>[Named("questdb")]</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NamedAttribute(string key) : Attribute
{
    public string Key { get; } = key;
}

/// <summary>Allows an empty text, which elsewhere is a fault.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MayBeEmptyAttribute : Attribute;

/// <summary>The schemes an address may have; without it http and https.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SchemesAttribute(params string[] schemes) : ValidationAttribute
{
    public static SchemesAttribute Web { get; } = new(Uri.UriSchemeHttp, Uri.UriSchemeHttps);

    public IReadOnlyList<string> Schemes { get; } = schemes;

    public override bool IsValid(object? value) => value is Uri address && Schemes.Contains(address.Scheme, StringComparer.Ordinal);
}

/// <summary>Rules that more than one key takes part in.</summary>
public interface IChecked
{
    /// <summary>Called once every key by itself is right.</summary>
    /// <returns>The key to blame, relative to this section (<c>questdb.url</c>), and the problem, worded to follow it.</returns>
    IEnumerable<(string Key, string Problem)> Check();
}
