using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Collector.Web.Listeners;

/// <summary>From when to when a certificate counts: outside of that its clients refuse the connection.</summary>
public sealed record CertificateLife(DateTimeOffset Begins, DateTimeOffset Ends)
{
    /// <summary>How long before its end a certificate deserves a look: what renews certificates does so weeks before.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromDays(14);

    public static CertificateLife Of(X509Certificate2 certificate) =>
        new(new DateTimeOffset(certificate.NotBefore.ToUniversalTime()), new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));

    /// <summary>Why clients refuse it now, worded to follow the file's name; null when they need not.</summary>
    public string? Problem(DateTimeOffset now) =>
        now < Begins ? $"is not valid before {Text(Begins)}: clients refuse the connection until then"
        : now > Ends ? $"expired at {Text(Ends)}: clients refuse the connection"
        : null;

    /// <summary>That it ends soon, worded to follow the file's name; null when it does not, or has ended.</summary>
    public string? Warning(DateTimeOffset now) => now <= Ends && Ends - now <= Notice
        ? $"expires at {Text(Ends)}, in {(Ends - now).TotalDays.ToString("0.0", CultureInfo.InvariantCulture)} days"
        : null;

    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
