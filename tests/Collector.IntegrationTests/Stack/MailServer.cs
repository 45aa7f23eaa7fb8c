using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;

namespace Collector.IntegrationTests.Stack;

/// <summary>
/// A mail server (RFC 5321) as providers run them: no login before STARTTLS (RFC 3207), no mail before AUTH PLAIN (RFC 4954).
/// It keeps the mails, with headers.
/// </summary>
internal sealed partial class MailServer : IAsyncDisposable
{
    public const string User = "collector@example.test";
    public const string Password = "a-pass$word";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate = Certificate();
    private readonly Task _serving;

    public MailServer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public Inbox Inbox { get; } = new("e-mail");

    public string Host => _listener.LocalEndpoint.ToString()!;

    /// <summary>Who trusts this certificate trusts the server.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _certificate.Dispose();
        _stop.Dispose();
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail.example.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    /// <summary>One after the other: who sends opens a connection for each mail.</summary>
    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await using var encrypted = new SslStream(client.GetStream());
                if (await TalkAsync(client.GetStream(), isEncrypted: false))
                {
                    await encrypted.AuthenticateAsServerAsync(_certificate);
                    await TalkAsync(encrypted, isEncrypted: true);
                }
            }
            catch (Exception gone) when (gone is OperationCanceledException or IOException or SocketException)
            {
                // The client went away in the middle, or the test is over: a mail that is missed shows in the inbox.
            }
        }
    }

    /// <returns>Whether the client wants to go on encrypted.</returns>
    private async Task<bool> TalkAsync(Stream stream, bool isEncrypted)
    {
        if (!isEncrypted)
        {
            await SayAsync(stream, "220 mail.example.test ESMTP");
        }

        bool isKnown = false;
        while (await LineAsync(stream) is { } line)
        {
            string[] words = line.Split(' ');
            switch (words[0].ToUpperInvariant())
            {
                case "EHLO":
                    await SayAsync(stream, "250-mail.example.test", isEncrypted ? "250 AUTH PLAIN" : "250 STARTTLS");
                    break;
                case "STARTTLS" when !isEncrypted:
                    await SayAsync(stream, "220 go ahead");
                    return true;
                case "AUTH" when isEncrypted && words is [_, "PLAIN", var login]:
                    isKnown = Encoding.UTF8.GetString(Convert.FromBase64String(login)) == $"\0{User}\0{Password}";
                    await SayAsync(stream, isKnown ? "235 welcome" : "535 login refused");
                    break;
                case "MAIL" or "RCPT" when isKnown:
                    await SayAsync(stream, "250 ok");
                    break;
                case "DATA" when isKnown:
                    await SayAsync(stream, "354 end with a dot");
                    await TakeAsync(stream);
                    await SayAsync(stream, "250 taken");
                    break;
                case "QUIT":
                    await SayAsync(stream, "221 bye");
                    return false;
                default:
                    await SayAsync(stream, "530 not now");
                    break;
            }
        }

        return false;
    }

    private async Task TakeAsync(Stream stream)
    {
        var mail = new StringBuilder();
        while (await LineAsync(stream) is { } line && line != ".")
        {
            mail.Append(line).Append('\n');
        }
        // Quoted-printable (RFC 2045, 6.7), as far as ASCII goes.
        string text = mail.ToString().Replace("=\n", "", StringComparison.Ordinal);
        Inbox.Add(Quoted().Replace(text, match => ((char)Convert.ToByte(match.Groups["code"].Value, 16)).ToString()));
    }

    /// <summary>A line, read byte by byte: nothing of what follows STARTTLS may be taken here. Null at the end.</summary>
    private async Task<string?> LineAsync(Stream stream)
    {
        var line = new List<byte>();
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one, _stop.Token) == 1)
        {
            if (one[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(one[0]);
        }

        return null;
    }

    private static async Task SayAsync(Stream stream, params string[] lines) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => line + "\r\n"))));

    [GeneratedRegex("=(?<code>[0-9A-F]{2})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();
}
