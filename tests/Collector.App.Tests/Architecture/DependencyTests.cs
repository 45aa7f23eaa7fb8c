using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Collector.Tests.App.Architecture;

/// <summary>
/// What the compiler does not check: which parts of a project may know which, and that no capability knows another. Read from the
/// compiled rooms, not from their usings. Which project may know which is said by the projects' own references.
/// </summary>
public sealed class DependencyTests
{
    private const string Root = "Collector.";

    /// <summary>The projects, each with those that it may know.</summary>
    private static readonly Dictionary<string, string[]> Projects = new(StringComparer.Ordinal)
    {
        ["Settings"] = [],
        ["Lines"] = ["Settings"],
        ["Pipe"] = ["Lines", "Settings"],
        ["Stores"] = ["Pipe", "Lines", "Settings"],
        ["Sources"] = ["Lines", "Settings"],
        ["Web"] = ["Pipe", "Lines", "Settings"],
        ["Capabilities"] = ["Web", "Sources", "Stores", "Pipe", "Lines", "Settings"],
        ["App"] = ["Capabilities", "Web", "Sources", "Stores", "Pipe", "Lines", "Settings"],
    };

    /// <summary>A part of a project and all of that project it may know beside itself and its own parts.</summary>
    private static readonly Dictionary<string, string[]> Rooms = new(StringComparer.Ordinal)
    {
        ["Settings"] = [],
        ["Settings.Files"] = [],
        ["Settings.Logging"] = ["Settings"],
        ["Lines"] = ["Lines.Tables"],
        ["Lines.Tables"] = [],
        ["Pipe"] = ["Pipe.Delivery"],
        ["Pipe.Delivery"] = ["Pipe.Spool"],
        ["Pipe.Replay"] = ["Pipe.Delivery", "Pipe.Spool"],
        ["Pipe.Spool"] = [],
        ["Pipe.State"] = ["Pipe.Spool"],
        ["Stores"] = ["Stores.*"],
        ["Stores.QuestDb"] = [],
        ["Stores.Sqlite"] = [],
        ["Sources"] = ["Sources.*"], // the catalog names every kind
        ["Sources.Http"] = ["Sources"],
        ["Sources.Running"] = ["Sources"],
        ["Sources.Gaps"] = ["Sources"],
        ["Sources.Daemon"] = ["Sources", "Sources.Http"],
        ["Sources.Exchange"] = ["Sources", "Sources.Http"],
        ["Sources.Host"] = ["Sources"],
        ["Sources.Pipeline"] = ["Sources", "Sources.Gaps", "Sources.Http"],
        ["Sources.Prometheus"] = ["Sources", "Sources.Http"],
        ["Sources.Storage"] = ["Sources", "Sources.Gaps"],
        ["Sources.Trading"] = ["Sources", "Sources.Http"],
        ["Web"] = [],
        ["Web.Exposition"] = ["Web"],
        ["Web.Listeners"] = [],
        ["Capabilities"] = ["Capabilities.*"], // the list names every one
        ["Capabilities.Gateway"] = ["Capabilities"],
        ["Capabilities.Status"] = ["Capabilities"],
        ["App"] = ["App.*"],
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
        string[] unknown = [.. References.Select(reference => reference.From).Distinct(StringComparer.Ordinal).Where(place => Part(place) is null)];

        Assert.Empty(unknown);
    }

    [Fact]
    public void References_AreFound()
    {
        // The check above cannot pass for want of anything to check.
        Assert.Contains(("Sources.Daemon", "Lines"), References);
        Assert.Contains(("Pipe.Delivery", "Pipe.Spool"), References);
    }

    [Fact]
    public void Projects_ReferenceOnlyWhatTheyMay()
    {
        foreach ((string project, string[] allowed) in Projects)
        {
            using var module = ModuleDefinition.ReadModule(FileOf(project));
            string[] known = [.. module.AssemblyReferences.Select(reference => reference.Name).Where(name => name.StartsWith(Root, StringComparison.Ordinal)).Select(name => name[Root.Length..])];

            Assert.True(known.All(allowed.Contains), $"{project} references {string.Join(", ", known.Except(allowed))}");
            Assert.True(project == "Settings" || known.Length > 0); // else the check could not fail
        }

        string[] rooms = [.. Directory.GetFiles(AppContext.BaseDirectory, Root + "*.dll").Select(file => Path.GetFileNameWithoutExtension(file)[Root.Length..]).Where(name => !name.Contains("Test", StringComparison.Ordinal))];
        Assert.Equal(Projects.Keys.Where(project => project != "App").Order(StringComparer.Ordinal), rooms.Order(StringComparer.Ordinal));
    }

    private static bool IsAllowed(string from, string to) =>
        Project(from) != Project(to) // the compiler has seen to it
        || to is "Settings.Logging" or "Settings.Files" // which everyone may know
        || Part(from) is not { } part
        || Part(to) is not { } other
        || other == part
        || Rooms[part].Any(allowed => allowed.EndsWith(".*", StringComparison.Ordinal) ? to.StartsWith(allowed[..^1], StringComparison.Ordinal) : other == allowed);

    private static string Project(string place) => place.Split('.')[0];

    /// <summary>The part a namespace belongs to: its longest name in the table above.</summary>
    private static string? Part(string place) =>
        Rooms.Keys.Where(part => place == part || place.StartsWith(part + '.', StringComparison.Ordinal)).MaxBy(part => part.Length);

    private static string FileOf(string project) => Path.Combine(AppContext.BaseDirectory, project == "App" ? "collector.dll" : $"{Root}{project}.dll");

    private static IEnumerable<(string From, string To)> ReferencesOfTheProgram()
    {
        foreach (string project in Projects.Keys)
        {
            using var module = ModuleDefinition.ReadModule(FileOf(project));
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
