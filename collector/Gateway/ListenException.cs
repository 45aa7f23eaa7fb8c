namespace Collector.Gateway;

/// <summary>The gateway's address cannot be listened at. The message is for people.</summary>
internal sealed class ListenException(string message, Exception inner) : IOException(message, inner);
