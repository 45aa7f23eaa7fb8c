using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Collector.IntegrationTests.Scripts;

/// <summary>
/// A source of packages on this machine (https://learn.microsoft.com/nuget/api/overview): one package, <see cref="Name"/>, in the
/// versions 1.0.0, 1.1.0 and 2.0.0.
/// </summary>
internal sealed class PackageSource : IAsyncDisposable
{
    public const string Name = "Collector.Tests.Package";
    public const string Advisory = "https://example.test/advisories/1";

    private static readonly string[] Versions = ["1.0.0", "1.1.0", "2.0.0"];

    private readonly WebApplication _app;

    private PackageSource(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <param name="vulnerable">The versions of the package that are known to be vulnerable, such as <c>(, 1.1.0)</c>; null: nothing is said about any.</param>
    public static async Task<PackageSource> StartAsync(string? vulnerable)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        app.Run(context => AnswerAsync(context, vulnerable));
        await app.StartAsync();
        return new PackageSource(app);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context, string? vulnerable)
    {
        string at = $"http://{context.Request.Host}";
        string id = Name.ToLowerInvariant();
        string path = context.Request.Path.Value!;
        object? answer = path switch
        {
            "/index.json" => new { version = "3.0.0", resources = Resources(at, vulnerable is not null) },
            "/vulnerabilities/index.json" => Pages(at),
            "/vulnerabilities/all.json" => new Dictionary<string, object>(StringComparer.Ordinal) { [id] = new[] { new { severity = 2, url = Advisory, versions = vulnerable } } },
            _ when path == $"/packages/{id}/index.json" => new { versions = Versions },
            _ when path == $"/registrations/{id}/index.json" => Registrations(at, id),
            _ => null,
        };
        if (answer is not null)
        {
            await context.Response.WriteAsJsonAsync(answer);
        }
        else if (Versions.FirstOrDefault(version => path == $"/packages/{id}/{version}/{id}.{version}.nupkg") is { } version)
        {
            await context.Response.Body.WriteAsync(Package(version));
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private static Dictionary<string, string>[] Resources(string at, bool withVulnerabilities) =>
    [
        Resource($"{at}/packages/", "PackageBaseAddress/3.0.0"),
        Resource($"{at}/registrations/", "RegistrationsBaseUrl/3.6.0"),
        .. withVulnerabilities ? [Resource($"{at}/vulnerabilities/index.json", "VulnerabilityInfo/6.7.0")] : Array.Empty<Dictionary<string, string>>(),
    ];

    private static Dictionary<string, string> Resource(string id, string type) => new(StringComparer.Ordinal) { ["@id"] = id, ["@type"] = type };

    private static Dictionary<string, string>[] Pages(string at) =>
        [new(StringComparer.Ordinal) { ["@name"] = "all", ["@id"] = $"{at}/vulnerabilities/all.json", ["@updated"] = "2026-01-01T00:00:00Z" }];

    private static object Registrations(string at, string id) => new
    {
        count = 1,
        items = new[]
        {
            new
            {
                count = Versions.Length,
                lower = Versions[0],
                upper = Versions[^1],
                items = Versions.Select(version => new
                {
                    catalogEntry = new { id = Name, version, listed = true },
                    packageContent = $"{at}/packages/{id}/{version}/{id}.{version}.nupkg",
                }),
            },
        },
    };

    private static byte[] Package(string version)
    {
        var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            Write(zip, $"{Name}.nuspec", $"<package><metadata><id>{Name}</id><version>{version}</version><authors>us</authors><description>for a test</description></metadata></package>");
            Write(zip, "lib/net10.0/_._", "");
        }

        return memory.ToArray();
    }

    private static void Write(ZipArchive zip, string name, string text)
    {
        using Stream entry = zip.CreateEntry(name).Open();
        entry.Write(Encoding.UTF8.GetBytes(text));
    }
}
