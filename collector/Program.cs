using Collector.Files;
using Collector.Hosting.Commands;

FileModes.KeepToOwner();
return await CommandLine.InvokeAsync(args);
