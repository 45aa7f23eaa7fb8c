namespace Collector.Capabilities.Gateway;

/// <summary>The gateway's address cannot be listened at. The message is for people.</summary>
public sealed class ListenException(string message, Exception inner) : IOException(message, inner);
