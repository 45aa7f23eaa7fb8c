using Collector.Hosting.Commands;

return await CommandLine.InvokeAsync(args);
