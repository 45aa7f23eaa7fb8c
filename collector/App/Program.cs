using Collector.App.Commands;
using Collector.Settings.Files;

FileModes.KeepToOwner();
return await CommandLine.InvokeAsync(args);
