using System.Reflection;
using System.Security.Cryptography;
using Collector.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Collector.Capabilities.Status.Page;

/// <summary>The page's files, which are part of the program: what is asked for by any other name is not there.</summary>
public static class PageFiles
{
    private const string Prefix = "page/";

    private static readonly Dictionary<string, PageFile> Files = Load();

    /// <summary>Another one where any file is another one: a page that finds it changed loads itself anew.</summary>
    public static string Edition { get; } = Hash([.. Files.OrderBy(file => file.Key, StringComparer.Ordinal).SelectMany(file => file.Value.Bytes)]);

    public static void Map(Action<string, RequestDelegate> map)
    {
        foreach ((string name, PageFile file) in Files)
        {
            map(name == "index.html" ? "/" : $"/{Prefix}{name}", context => AnswerAsync(context, file));
        }
    }

    private static Task AnswerAsync(HttpContext context, PageFile file)
    {
        HttpResponse response = context.Response;
        response.Headers[HeaderNames.CacheControl] = "no-cache";
        response.Headers[HeaderNames.ETag] = file.Tag;
        if (context.Request.Headers.IfNoneMatch == file.Tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return Answer.WriteAsync(context, file.Bytes, file.Type);
    }

    private static Dictionary<string, PageFile> Load()
    {
        var files = new Dictionary<string, PageFile>(StringComparer.Ordinal);
        Assembly assembly = typeof(PageFiles).Assembly;
        foreach (string resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using Stream stream = assembly.GetManifestResourceStream(resource)!;
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            files[resource[Prefix.Length..]] = new PageFile(bytes, TypeOf(resource), $"\"{Hash(bytes)}\"");
        }

        return files;
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => throw new InvalidOperationException($"{name} has no known content type."),
    };

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8));

    private sealed record PageFile(byte[] Bytes, string Type, string Tag);
}
