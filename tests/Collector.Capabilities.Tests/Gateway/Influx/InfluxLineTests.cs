using System.Text;
using Collector.Capabilities.Gateway.Influx;
using Collector.Lines;

namespace Collector.Tests.Capabilities.Gateway.Influx;

/// <summary>Lines of InfluxDB's dialect and what they are in QuestDB's. Facts of InfluxDB: models/points.go and its tests, line-protocol's grammar and corpus.</summary>
public sealed class InfluxLineTests
{
    [Theory]
    [InlineData("m v=1")]
    [InlineData("m,t=a v=1i 5\n")]
    [InlineData("m,t=a v=1i 5\r\n")]
    [InlineData("m v=1\r")]
    [InlineData("m 5\\ min=1,95\\=p=2\n")]
    [InlineData("m\\ x,t\\ a=b\\=c\\ d\\,e v=t,w=TRUE,x=False 5\n")]
    [InlineData("m v=\"a b,c=d\",w=\"\",x=\"say \\\"hi\\\" C:\\\\ticks\" 5\n")]
    [InlineData("m v=1.,w=-.5,x=1e5,y=-1E+06,z=1.5e-3,u=.5,n=0,i=-9223372036854775807i\n")]
    [InlineData("m,t=C:\\, v=1\n")]
    [InlineData("m,t=\"quoted\",u=ü→日本😀 v=\"\t\0\r\"\n")]
    [InlineData("cpu,cpu=CPU0,host=localhost value=42 0\n")]
    public void Read_WhatQuestDbReadsAlike_IsTheSame(string line)
    {
        var reader = new InfluxLine();

        Assert.Equal((InfluxVerdict.Same, Encoding.UTF8.GetByteCount(line)), (reader.Read(Encoding.UTF8.GetBytes(line), 0), reader.End));
    }

    [Theory]
    [InlineData("m v=8u", "m v=8i\n")]
    [InlineData("m v=9223372036854775807u,w=007u 5\n", "m v=9223372036854775807i,w=007i 5\n")]
    [InlineData("  \t m v=1\n", "m v=1\n")]
    [InlineData("m   v=1\n", "m v=1\n")]
    [InlineData("m \t v=1    5 \t \r\n", "m v=1 5\n")]
    [InlineData("m v=1 \n", "m v=1\n")]
    [InlineData("m v=\"a\nb\r\nc\" 5\n", "m v=\"a\\\nb\r\\\nc\" 5\n")]
    [InlineData("m v=\"C:\\bots\\run\",re=\"\\d+\"\n", "m v=\"C:\\\\bots\\\\run\",re=\"\\\\d+\"\n")]
    [InlineData("m v=\"\\\\d\\n\"\n", "m v=\"\\\\d\\\\n\"\n")]
    [InlineData("m v=\"a\\\nb\"\n", "m v=\"a\\\\\\\nb\"\n")]
    [InlineData("m,path=D:\\ticks\\hot v=1\n", "m,path=D:\\\\ticks\\\\hot v=1\n")]
    [InlineData("m,t=a\\\\b,u=a\\\\\\,b v=1\n", "m,t=a\\\\\\\\b,u=a\\\\\\\\\\,b v=1\n")]
    [InlineData("m,t=a\\\\ b v=1\n", "m,t=a\\\\\\ b v=1\n")]
    [InlineData("m,t=a\0b\rc v=1\n", "m,t=a\\\0b\\\rc v=1\n")]
    [InlineData("a=b v=1\n", "a\\=b v=1\n")]
    [InlineData("a\\=b v=1\n", "a_\\=b v=1\n")]
    [InlineData("sys/disk?,t=a v=1\n", "sys_disk_,t=a v=1\n")]
    [InlineData(".a..b.c. v=1\n", "_a._b.c_ v=1\n")]
    [InlineData("\\ a\\ b\\  v=1\n", "_a\\ b_ v=1\n")]
    [InlineData("a-b.c,d-e.f=1 g-h.i=1\n", "a-b.c,d_e_f=1 g_h_i=1\n")]
    [InlineData("m,k\\,e\\=y\\ s=1 a\\,b\\=c\\ d\\x=1\n", "m,k_e\\=y\\ s=1 a_b\\=c\\ d_x=1\n")]
    [InlineData("m,Timestamp=a TIMESTAMPS=1i\n", "m,Timestamp_=a TIMESTAMPS=1i\n")]
    [InlineData("m v=1i,w=2i,v=3i,v=4i 5\n", "m w=2i,v=4i 5\n")]
    [InlineData("m \"a\"=1\n", "m _a_=1\n")]
    [InlineData("m \"σ\"=1,\"ς\"=2\n", "m _σ_=1,_ς_=2\n")]
    public void Write_WhatInfluxDbSaysOtherwise_SaysTheSameToQuestDb(string line, string expected)
    {
        var reader = new InfluxLine();
        byte[] data = Encoding.UTF8.GetBytes(line);

        Assert.Equal((InfluxVerdict.Other, data.Length, null), (reader.Read(data, 0), reader.End, reader.Fault));
        Assert.Equal(expected, Written(reader, data));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData(" \t\r\n")]
    [InlineData("   ")]
    [InlineData("# exported\n")]
    [InlineData("  #m v=1\n")]
    [InlineData("#archive,by=\"ops n=\"3i\n")]
    public void Read_BlanksAndComments_AreNothing(string line)
    {
        var reader = new InfluxLine();

        Assert.Equal((InfluxVerdict.Nothing, line.Length), (reader.Read(Encoding.UTF8.GetBytes(line), 0), reader.End));
    }

    [Theory]
    [InlineData("m", LineFaultKind.Syntax, 2, "no field")]
    [InlineData("m ", LineFaultKind.Syntax, 3, "no field")]
    [InlineData("m,t=a", LineFaultKind.Syntax, 6, "no field")]
    [InlineData("m,t=a 5", LineFaultKind.Syntax, 7, "expected field=value, found '5'")]
    [InlineData(",t=a v=1", LineFaultKind.Syntax, 1, "measurement is missing")]
    [InlineData("m, v=1", LineFaultKind.Syntax, 3, "name of a tag is missing")]
    [InlineData("m,=a v=1", LineFaultKind.Syntax, 3, "name of a tag is missing")]
    [InlineData("m,t v=1", LineFaultKind.Syntax, 3, "expected tag=value, found 't'")]
    [InlineData("m,t= v=1", LineFaultKind.Syntax, 5, "the tag 't' has no value")]
    [InlineData("m,t=,u=1 v=1", LineFaultKind.Syntax, 5, "the tag 't' has no value")]
    [InlineData("m,t=a=b v=1", LineFaultKind.Syntax, 6, "equals sign within a tag's value has to be escaped")]
    [InlineData("m,path=D:\\ v=1", LineFaultKind.Syntax, 13, "a backslash at the end of a tag's value makes the space behind it part of that value")]
    [InlineData("m =1", LineFaultKind.Syntax, 3, "name of a field is missing")]
    [InlineData("m v=1,", LineFaultKind.Syntax, 7, "name of a field is missing")]
    [InlineData("m v=", LineFaultKind.Value, 5, "v: the value is missing")]
    [InlineData("m v=,w=1", LineFaultKind.Value, 5, "v: the value is missing")]
    [InlineData("m v=1,v", LineFaultKind.Syntax, 7, "expected field=value, found 'v'")]
    [InlineData("m v=text", LineFaultKind.Value, 5, "'text' is no value: text wants quotes")]
    [InlineData("m v=tRUE", LineFaultKind.Value, 5, "is no value")]
    [InlineData("m v=5t", LineFaultKind.Value, 5, "is no value")]
    [InlineData("m v==1", LineFaultKind.Value, 5, "is no value")]
    [InlineData("m v=1_000i", LineFaultKind.Value, 5, "is no value")]
    [InlineData("m v=+1", LineFaultKind.Value, 5, "is no value")]
    [InlineData("m v=-", LineFaultKind.Value, 5, "is no value")]
    [InlineData("m v=.", LineFaultKind.Value, 5, "is no value")]
    [InlineData("m v=1.1.1", LineFaultKind.Value, 5, "is no value")]
    [InlineData("m v=1.5i", LineFaultKind.Value, 5, "is no value")]
    [InlineData("m v=1e5u", LineFaultKind.Value, 5, "is no value")]
    [InlineData("m v=1e", LineFaultKind.Value, 5, "is no value")]
    [InlineData("m v=1e400", LineFaultKind.Value, 5, "beyond the numbers")]
    [InlineData("m v=NaN", LineFaultKind.Value, 5, "'NaN' is no number that can be stored")]
    [InlineData("m v=nan", LineFaultKind.Value, 5, "is no number that can be stored")]
    [InlineData("m v=-Inf", LineFaultKind.Value, 5, "is no number that can be stored")]
    [InlineData("m v=+infinity", LineFaultKind.Value, 5, "is no number that can be stored")]
    [InlineData("m v=9223372036854775808u", LineFaultKind.Value, 5, "'9223372036854775808u' is beyond 9223372036854775807, and LONG holds no more")]
    [InlineData("m v=18446744073709551616u", LineFaultKind.Value, 5, "beyond 9223372036854775807")]
    [InlineData("m v=9223372036854775808i", LineFaultKind.Value, 5, "beyond 9223372036854775807")]
    [InlineData("m v=-9223372036854775809i", LineFaultKind.Value, 5, "beyond -9223372036854775808")]
    [InlineData("m v=-1u", LineFaultKind.Value, 5, "has a sign")]
    [InlineData("m v=\"a", LineFaultKind.Syntax, 5, "the string of 'v' is not closed")]
    [InlineData("m v=\"C:\\\"", LineFaultKind.Syntax, 5, "is not closed")]
    [InlineData("m v=\"a\"b", LineFaultKind.Syntax, 8, "has to follow the closing quote")]
    [InlineData("m v=1 x", LineFaultKind.Timestamp, 7, "a time is expected here")]
    [InlineData("m v=1 -5", LineFaultKind.Timestamp, 7, "a time before 1970 cannot be stored")]
    [InlineData("m v=1 5n", LineFaultKind.Syntax, 8, "nothing may stand behind the time")]
    [InlineData("m v=1 5 6", LineFaultKind.Syntax, 9, "nothing may stand behind the time")]
    [InlineData("m v=1 9223372036854775808", LineFaultKind.Timestamp, 7, "beyond the times")]
    [InlineData("m,t=a,u=b,t=c v=1", LineFaultKind.Column, 13, "the tag 't' stands twice")]
    [InlineData("m,t=a t=1", LineFaultKind.Column, 9, "a tag and a field are both called 't'")]
    [InlineData("m file-max=1i,file_max=2i", LineFaultKind.Column, 24, "'file-max' and 'file_max' would both be the column file_max")]
    [InlineData("m a.b=1,a-b=2", LineFaultKind.Column, 13, "'a.b' and 'a-b' would both be the column a_b")]
    [InlineData("m,T=a t=1", LineFaultKind.Column, 9, "'T' and 't' would both be the column t")]
    [InlineData("m timestamp=1,timestamp_=2", LineFaultKind.Column, 26, "'timestamp' and 'timestamp_' would both be the column timestamp_")]
    internal void Read_WhatInfluxDbOrQuestDbRefuses_IsBad(string line, LineFaultKind kind, int position, string message)
    {
        foreach (string end in (string[])["", "\n", "\r\n"])
        {
            var reader = new InfluxLine();
            byte[] data = Encoding.UTF8.GetBytes(line + end);

            Assert.Equal((InfluxVerdict.Bad, data.Length), (reader.Read(data, 0), reader.End));
            Assert.Equal((kind, position), (reader.Fault!.Kind, reader.Fault.Position));
            Assert.Contains(message, reader.Fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("m v=tru,s=\"a\nn v=1\" 5\n|")]
    [InlineData("m,t=,s=a s=\"a\nn v=1\"\n|")]
    [InlineData("m s=\"5\" pipe\"\n|n v=1\n")]
    [InlineData("m s=\"a\n|n v=1\no v=1\n")]
    [InlineData("m v=x,s=\"a\n|n v=1\no v=1\n")]
    [InlineData("m s=\"a\nn s=\"b\"\n|o v=1\n")]
    [InlineData("m,t=\"a,u= v=1,s=\"x\ny\"\n|n v=1\n")]
    [InlineData("m,=\"a v=1\n|n s=\"b\"\n")]
    [InlineData("m,t=a\\\n|n,u=b v=1\n")]
    [InlineData("m\\\n|n v=1\n")]
    [InlineData("m v=1\\\n|n v=1\n")]
    [InlineData("m v=1\\\r\n|n v=1\n")]
    [InlineData("m v=1\rn v=1\n|o v=1")]
    public void Read_ABadLine_EndsBehindTheFirstLfThatIsPartOfNoString(string text)
    {
        byte[] data = Encoding.UTF8.GetBytes(text.Replace("|", "", StringComparison.Ordinal));
        var reader = new InfluxLine();

        Assert.Equal((InfluxVerdict.Bad, text.IndexOf('|', StringComparison.Ordinal)), (reader.Read(data, 0), reader.End));
        Assert.True(reader.End == data.Length || reader.Read(data, reader.End) == InfluxVerdict.Same);
    }

    [Theory]
    [InlineData("m,\u00e9x=1 v=1")]
    [InlineData("m \u00e9=1")]
    [InlineData("\u00e9 v=1")]
    public void Read_ANameThatIsNotUtf8_IsBad(string line)
    {
        var reader = new InfluxLine();

        Assert.Equal(InfluxVerdict.Bad, reader.Read(Encoding.Latin1.GetBytes(line), 0));
        Assert.Contains("it is not valid UTF-8", reader.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ALongName_IsBadAndNamesTheLimit()
    {
        foreach (int length in (int[])[128, 5000])
        {
            var reader = new InfluxLine();
            string name = new('a', length);
            Assert.Equal(InfluxVerdict.Bad, reader.Read(Encoding.UTF8.GetBytes($"{name} v=1"), 0));
            Assert.Contains("at most 127 are allowed", reader.Fault!.Message, StringComparison.Ordinal);
            Assert.Equal(InfluxVerdict.Bad, reader.Read(Encoding.UTF8.GetBytes($"m {name}=1"), 0));
            Assert.Contains("at most 127 are allowed", reader.Fault!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_ManyParts_IsBadBeyondTheLimit()
    {
        var reader = new InfluxLine();

        Assert.Equal(InfluxVerdict.Same, reader.Read(Line(InfluxLine.MaxParts), 0));
        Assert.Equal(InfluxVerdict.Bad, reader.Read(Line(InfluxLine.MaxParts + 1), 0));

        static byte[] Line(int fields) => Encoding.ASCII.GetBytes($"m {string.Join(',', Enumerable.Range(0, fields).Select(i => $"f{i}=1"))}\n");
    }

    /// <summary>More names than are kept: those of one line are told apart all the same, and what is forgotten is found again.</summary>
    [Fact]
    public void Read_MoreNamesThanAreKept_StillFindsThoseThatMeet()
    {
        var reader = new InfluxLine();
        for (int i = 0; i < 3000; i++)
        {
            Assert.Equal(InfluxVerdict.Same, reader.Read(Encoding.ASCII.GetBytes($"m_{i} same=1,column_with_a_longish_name_{i}=2,other=3\n"), 0));
            Assert.Equal(InfluxVerdict.Bad, reader.Read(Encoding.ASCII.GetBytes($"m_{i} same=1,column_{i}=2,Same=3\n"), 0));
        }
    }

    private static string Written(InfluxLine reader, byte[] data)
    {
        byte[] to = new byte[reader.Room];
        return Encoding.UTF8.GetString(to, 0, reader.Write(data, to));
    }
}
