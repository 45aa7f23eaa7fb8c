namespace Collector.Settings;

internal enum ValueKind
{
    Scalar,
    List,
    Dictionary,
    Record,
}

/// <summary>How a property's type is written in the file.</summary>
/// <param name="Type">The type itself, without a nullable around it.</param>
/// <param name="Kind">Which of the four forms it has.</param>
/// <param name="Element">The shape of the entries of a list or dictionary.</param>
internal sealed record ValueShape(Type Type, ValueKind Kind, ValueShape? Element = null)
{
    private static readonly Type[] Lists =
        [typeof(IReadOnlyList<>), typeof(IReadOnlyCollection<>), typeof(IEnumerable<>), typeof(IList<>), typeof(List<>)];

    private static readonly Type[] Dictionaries =
        [typeof(IReadOnlyDictionary<,>), typeof(IDictionary<,>), typeof(Dictionary<,>)];

    public static ValueShape Of(Type type)
    {
        if (ScalarType.Find(type) is not null)
        {
            return new ValueShape(type, ValueKind.Scalar);
        }

        if (type.IsArray)
        {
            return new ValueShape(type, ValueKind.List, Of(type.GetElementType()!));
        }

        if (type.IsGenericType)
        {
            Type open = type.GetGenericTypeDefinition();
            Type[] arguments = type.GetGenericArguments();
            if (Lists.Contains(open))
            {
                return new ValueShape(type, ValueKind.List, Of(arguments[0]));
            }

            if (Dictionaries.Contains(open) && arguments[0] == typeof(string))
            {
                return new ValueShape(type, ValueKind.Dictionary, Of(arguments[1]));
            }
        }

        return type is { IsClass: true, IsAbstract: false } && type.GetConstructor([]) is not null
            ? new ValueShape(type, ValueKind.Record)
            : throw new InvalidOperationException($"{type} cannot be an option: no value, list, string dictionary or record with a parameterless constructor.");
    }
}
