using LanguageExt;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>What a script may say is what dotnet-script accepts, in C# 14.</summary>
public sealed class ScriptLanguageTests : IDisposable
{
    readonly ScriptFolder scripts = new();

    public void Dispose() => scripts.Dispose();

    [Theory]
    [InlineData("", "")]
    [InlineData("a b", "a|b")]
    [InlineData("-- a b", "a|b")]
    [InlineData("a -- b -- --help", "a|b|--|--help")]
    [InlineData("--help --version -x", "--help|--version|-x")]
    public void Args_are_what_follows_the_file_without_the_first_separator(string line, string expected)
    {
        var result = scripts.Run("Write(string.Join('|', Args));", line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(new(0, expected, ""), result);
    }

    [Fact]
    public void Arguments_keep_their_blanks_and_quotes_and_may_be_added_to() =>
        Assert.Equal(
            "<a b>|<>|<\"c'>|<d>",
            scripts.Run("Args.Add(\"d\"); Write($\"<{string.Join(\">|<\", Args)}>\");", "a b", "", "\"c'").Output);

    [Fact]
    public void The_returned_number_is_the_exit_code() =>
        Assert.Equal(new(42, "before", ""), scripts.Run("WriteLine(\"before\"); if (Args.Count == 0) return 42; WriteLine(\"after\");"));

    [Fact]
    public void Top_level_await_goes_on_without_a_synchronisation_context()
    {
        var result = scripts.Run("""
            using System.Threading;
            var before = SynchronizationContext.Current;
            var sum = await Task.Run(async () => { await Task.Delay(1); return 3; });
            await foreach (var n in Numbers()) sum += n;
            Write((sum, before is null, SynchronizationContext.Current is null));
            return sum;
            async IAsyncEnumerable<int> Numbers() { yield return 1; await Task.Yield(); yield return 2; }
            """);
        Assert.Equal(new(6, "(6, True, True)", ""), result);
    }

    [Fact]
    public void The_ten_default_imports_are_there_in_every_file()
    {
        const string Uses = """
            Func<List<int>, int> f = list => list.Count();                   // System, System.Collections.Generic, System.Linq
            Expression<Func<int, int>> g = x => x + 1;                       // System.Linq.Expressions
            dynamic bag = new ExpandoObject();                               // System.Dynamic
            bag.Name = new StringBuilder("text").ToString();                 // System.Text
            Task<string> task = Task.FromResult(Path.Combine("a", "b"));     // System.Threading.Tasks, System.IO
            bag.Fast = Stopwatch.IsHighResolution;                           // System.Diagnostics
            WriteLine($"{f([1, 2])} {g.Compile()(1)} {bag.Name} {task.Result.Length} {bag.Fast}");   // System.Console
            """;
        scripts.Write("loaded.csx", $"{{\n{Uses}\n}}");
        Assert.Equal(
            new(0, $"2 2 text 3 True{Environment.NewLine}2 2 text 3 True", ""),
            scripts.Run("#load \"loaded.csx\"\n" + Uses));
    }

    [Fact]
    public void Records_and_the_newest_language_work_under_nullable()
    {
        var result = scripts.Run("""
            #!/usr/bin/env dotnet-script
            #nullable enable
            record Point(double X, double Y = 2) { public string Name { get; init => field = value.Trim(); } = ""; }
            static int Twice(this int n) => 2 * n;
            string? none = null;
            int[] numbers = [1, .. Enumerable.Range(2, 2)];
            WriteLine(new Point(1) { Name = " p " } with { X = 3 });
            WriteLine(numbers is [1, .., var last] ? last.Twice() : none?.Length ?? 0);
            """);
        Assert.Equal(new(0, $"Point {{ X = 3, Y = 2, Name = p }}{Environment.NewLine}6", ""), result);
    }

    /// <summary>A function type with C# 14 operators, for a script to compose.</summary>
    public delegate Y Arrow<in X, out Y>(X x);

    [Fact]
    public void A_script_composes_by_the_extension_operators_of_a_library_and_finds_what_lies_beside_it()
    {
        var result = scripts.Run($"""
            #r "{typeof(ScriptLanguageTests).Assembly.Location}"
            using Functional.Llm.Tests;
            ScriptLanguageTests.Arrow<int, double> half = x => x / 2.0;
            ScriptLanguageTests.Arrow<double, string> show = x => $"<" + x + ">";
            Write((half >> show)(3) + ScriptArrows.Sum());
            """);
        Assert.Equal(new(0, "<1.5>6", ""), result);
    }

    [Fact]
    public void Paths_are_relative_to_the_file_that_states_them()
    {
        Library.Write(scripts["deep/lib/Numbers.dll"], 5);
        scripts.Write("deep/a.csx", "#load \"deeper/b.csx\"\n#r \"lib/Numbers.dll\"\nint A() => B() + 1;");
        scripts.Write("deep/deeper/b.csx", "#load \"../c.csx\"\n#r \"../lib/Numbers.dll\"\nint B() => C + Numbers.Value();");
        scripts.Write("deep/c.csx", "const int C = 20;");
        Assert.Equal(new(26, "", ""), scripts.Run("#load \"deep/a.csx\"\n#load \"deep/c.csx\"\nreturn A();"));
    }

    [Fact]
    public void A_referenced_file_wins_over_one_of_its_name_beside_another()
    {
        Library.Write(scripts["one/First.dll"], 1);
        Library.Write(scripts["one/Second.dll"], 2);
        Library.Write(scripts["two/Second.dll"], 22);
        Assert.Equal(
            "1 22",
            scripts.Run("#r \"one/First.dll\"\n#r \"two/Second.dll\"\nWrite(First.Value() + \" \" + Second.Value());").Output);
    }

    [Fact]
    public void An_assembly_of_the_framework_is_referenced_by_name() =>
        Assert.Equal("<a />", scripts.Run("#r \"System.Xml.Linq\"\nWrite(new System.Xml.Linq.XElement(\"a\"));").Output);

    [Fact]
    public void A_script_knows_its_own_path()
    {
        var result = scripts.Run("string Me([System.Runtime.CompilerServices.CallerFilePath] string path = \"\") => path;\nWrite(Me());");
        Assert.Equal(scripts["main.csx"], result.Output);
    }

    [Fact]
    public void Standard_input_is_the_scripts()
    {
        scripts.Write("main.csx", "Write(In.ReadToEnd().Split().Sum(int.Parse));");
        Assert.Equal("6", ScriptFolder.Finish(scripts.Start("dotnet", ScriptFolder.Host, scripts["main.csx"]), "1 2 3").Output);
    }

    [Fact]
    public void The_prelude_names_the_library_and_its_packages_from_any_folder()
    {
        const string Types =
            "{ typeof(Functional.Llm.Tensor), typeof(LanguageExt.Prelude), typeof(Spectre.Console.Table), typeof(System.CommandLine.Command), "
            + "typeof(System.Numerics.Tensors.TensorPrimitives) }";
        var prelude = Path.Combine(ScriptFolder.Repository, "scripts", "prelude.csx");
        var result = scripts.Run($"""
            #load "{prelude}"
            return new[] {Types}.Length;
            """);
        Assert.Equal(new(5, "", ""), result);
    }
}

/// <summary>What the scripts of these tests use of this assembly.</summary>
public static class ScriptArrows
{
    extension<X, Y, Z>(ScriptLanguageTests.Arrow<X, Y>)
    {
        /// <summary>First f, then g.</summary>
        public static ScriptLanguageTests.Arrow<X, Z> operator >>(ScriptLanguageTests.Arrow<X, Y> f, ScriptLanguageTests.Arrow<Y, Z> g) => x => g(f(x));
    }

    /// <summary>6, by a package that lies beside this assembly.</summary>
    public static int Sum() => Prelude.Seq(1, 2, 3).Sum();
}
