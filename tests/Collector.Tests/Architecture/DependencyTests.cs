using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Collector.Tests.Architecture;

/// <summary>The rooms of the collector, and which of them may know which: read from the compiled program, not from its usings.</summary>
public sealed class DependencyTests
{
    private const string Root = "Collector.";

    /// <summary>A room and all it may know beside itself and its own sub-rooms. <c>Hosting</c> sees everything and is seen by nobody.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Configuration"] = [],
        ["Files"] = [],
        ["Logging"] = ["Configuration"],
        ["Tables"] = [],
        ["Lines"] = ["Tables"],
        ["Delivery"] = ["Lines", "Tables", "Configuration"],
        ["Delivery.Replay"] = ["Delivery", "Delivery.Spool", "Lines", "Tables", "Configuration", "Logging"],
        ["Delivery.Spool"] = ["Configuration"],
        ["Stores"] = ["Delivery", "Lines", "Tables", "Configuration"],
        ["Sources"] = ["Lines", "Tables", "Configuration"],
        ["Sources.Pipeline"] = ["Sources.Gaps", "Lines", "Tables", "Configuration"],
        ["Sources.Storage"] = ["Sources.Gaps", "Lines", "Tables", "Configuration"],
        ["Listeners"] = ["Configuration"],
        ["Gateway"] = ["Lines", "Tables", "Configuration", "Logging", "Listeners"],
        ["Exposition"] = ["Lines", "Tables", "Configuration"],
        ["Api"] = ["Api.Recent", "Api.Status", "Delivery", "Delivery.Spool", "Sources", "Exposition", "Lines", "Tables", "Configuration"],
    };

    private static readonly (string From, string To)[] References = [.. ReferencesOfTheProgram().Distinct()];

    [Fact]
    public void Rooms_KnowOnlyWhatTheyMay()
    {
        string[] wrong = [.. References
            .Where(reference => !IsAllowed(reference.From, reference.To))
            .Select(reference => $"{reference.From} → {reference.To}")
            .Order(StringComparer.Ordinal)];

        Assert.True(wrong.Length == 0, "These rooms know what they should not:\n" + string.Join('\n', wrong));
    }

    [Fact]
    public void Rooms_AreAllNamedHere()
    {
        string[] unknown = [.. References.Select(reference => Room(reference.From)).Where(room => room is not null and not "Hosting" && !Allowed.ContainsKey(room)).Distinct(StringComparer.Ordinal)!];

        Assert.Empty(unknown);
    }

    [Fact]
    public void References_AreFound()
    {
        // The check above cannot pass for want of anything to check.
        Assert.Contains(("Sources.Daemon", "Lines"), References);
        Assert.Contains(("Delivery", "Delivery.Spool"), References);
    }

    private static bool IsAllowed(string from, string to)
    {
        string? room = Room(from);
        if (room is null or "Hosting")
        {
            return true; // Program.cs and the composition root
        }

        return to == from
            || to is "Logging" or "Files" // which everyone may know
            || (to.StartsWith(from + '.', StringComparison.Ordinal) && room != "Sources")
            || from.StartsWith(to + '.', StringComparison.Ordinal)
            || (from == "Sources" && to.StartsWith("Sources.", StringComparison.Ordinal)) // the catalog names every kind
            || Allowed[room].Contains(to, StringComparer.Ordinal);
    }

    /// <summary>The room a namespace belongs to: its longest name in the table above.</summary>
    private static string? Room(string place) =>
        Allowed.Keys.Append("Hosting").Where(room => place == room || place.StartsWith(room + '.', StringComparison.Ordinal)).MaxBy(room => room.Length);

    private static IEnumerable<(string From, string To)> ReferencesOfTheProgram()
    {
        using var module = ModuleDefinition.ReadModule(typeof(Collector.Tables.Table).Assembly.Location);
        foreach (TypeDefinition type in module.GetTypes().Where(type => Place(type) is not null))
        {
            foreach (TypeReference used in Used(type))
            {
                if (Place(used) is { } to && to != Place(type))
                {
                    yield return (Place(type)!, to);
                }
            }
        }
    }

    private static IEnumerable<TypeReference> Used(TypeDefinition type)
    {
        IEnumerable<TypeReference?> signatures =
        [
            type.BaseType,
            .. type.Interfaces.Select(i => i.InterfaceType),
            .. type.Fields.Select(field => field.FieldType),
            .. type.CustomAttributes.Select(attribute => attribute.AttributeType),
            .. type.Properties.SelectMany(property => property.CustomAttributes).Select(attribute => attribute.AttributeType),
        ];
        IEnumerable<TypeReference?> methods = type.Methods.SelectMany(method => (IEnumerable<TypeReference?>)
        [
            method.ReturnType,
            .. method.Parameters.Select(parameter => parameter.ParameterType),
            .. method.HasBody ? method.Body.Variables.Select(variable => variable.VariableType) : [],
            .. method.HasBody ? method.Body.Instructions.SelectMany(Operands) : [],
        ]);
        return signatures.Concat(methods).OfType<TypeReference>().SelectMany(Parts);
    }

    private static IEnumerable<TypeReference?> Operands(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        MethodReference method => [method.DeclaringType, method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType)],
        FieldReference field => [field.DeclaringType, field.FieldType],
        _ => [],
    };

    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
        TypeSpecification wrapped => Parts(wrapped.ElementType),
        _ => [type],
    };

    /// <summary>A type's namespace below <c>Collector</c>; null for types of others, and for Program.</summary>
    private static string? Place(TypeReference type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type.Namespace.StartsWith(Root, StringComparison.Ordinal) ? type.Namespace[Root.Length..] : null;
    }
}
