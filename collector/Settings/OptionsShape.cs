using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Collector.Settings;

/// <summary>One option of a record: its key in the file, and what its property says about it.</summary>
internal sealed record OptionKey(
    string Name, PropertyInfo Property, ValueShape Shape, bool IsNullable, bool IsRequired, IReadOnlyList<ValidationAttribute> Limits)
{
    public bool MayBeEmpty { get; } = Property.IsDefined(typeof(MayBeEmptyAttribute));

    public IEnumerable<ValidationAttribute> CountLimits => Limits.Where(Collector.Settings.Limits.IsOnCount);

    /// <summary>The limits that hold for a single value, or for each entry of a list.</summary>
    public IEnumerable<ValidationAttribute> ValueLimits =>
        Shape.Kind == ValueKind.Scalar ? Limits : Limits.Where(limit => !Collector.Settings.Limits.IsOnCount(limit));

    public static OptionKey Of(PropertyInfo property, NullabilityInfoContext nullability)
    {
        Type? type = Nullable.GetUnderlyingType(property.PropertyType);
        var shape = ValueShape.Of(type ?? property.PropertyType);
        var limits = property.GetCustomAttributes<ValidationAttribute>().ToList();
        bool isAddress = shape.Type == typeof(Uri) || shape.Element?.Type == typeof(Uri);
        if (isAddress && !limits.Exists(limit => limit is SchemesAttribute))
        {
            limits.Add(SchemesAttribute.Web);
        }

        return new OptionKey(
            property.GetCustomAttribute<NamedAttribute>()?.Key ?? SnakeCase.Of(property.Name),
            property,
            shape,
            type is not null || nullability.Create(property).WriteState == NullabilityState.Nullable,
            property.IsDefined(typeof(RequiredMemberAttribute)),
            limits);
    }
}

/// <summary>What can be written in a section, read once from its options record.</summary>
internal sealed class OptionsShape
{
    private static readonly ConcurrentDictionary<Type, OptionsShape> Shapes = new();

    private readonly Type _type;
    private readonly MethodInfo? _clone;

    private OptionsShape(Type type)
    {
        _type = type;
        _clone = type.GetMethod("<Clone>$"); // What a 'with' expression calls.
        var nullability = new NullabilityInfoContext();
        Keys =
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.SetMethod is { IsPublic: true })
                .OrderBy(property => property.MetadataToken)
                .Select(property => OptionKey.Of(property, nullability)),
        ];
    }

    /// <summary>In the order in which the record declares them.</summary>
    public IReadOnlyList<OptionKey> Keys { get; }

    public static OptionsShape Of(Type type) => Shapes.GetOrAdd(type, static type => new OptionsShape(type));

    public OptionKey? Find(string name) => Keys.FirstOrDefault(key => string.Equals(key.Name, name, StringComparison.Ordinal));

    /// <summary>The record with its own defaults.</summary>
    public object Create() => Activator.CreateInstance(_type)!;

    /// <summary>A copy of defaults that an outer record gives, so that binding never changes a shared instance.</summary>
    public object Copy(object defaults) => _clone?.Invoke(defaults, null) ?? Create();
}
