using System.Collections.Immutable;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>From arguments to a script's options.</summary>
public sealed class ScriptOptionTests
{
    static EveryKind Parsed(params string[] arguments)
    {
        EveryKind? options = null;
        var run = ScriptRun.Of<EveryKind>(arguments, o => options = o);
        return options ?? throw new InvalidOperationException(run.Error);
    }

    [Fact]
    public void Without_arguments_every_option_has_its_default()
    {
        var o = Parsed();
        Assert.Equal((null, 0.1, 10_000, 0.0, null, false), (o.Data, o.Rate, o.Steps, o.L2, o.Score, o.Raw));
        Assert.Equal((MissingPolicy.Error, null, -1L, 0UL, null, null, false), (o.Missing, o.Shade, o.Offset, o.Seed, o.Threads, o.Out, o.Json));
        Assert.Empty(o.Features);
        Assert.Equal([8, 4], o.HiddenUnits.AsEnumerable());
    }

    [Fact]
    public void Every_kind_of_option_is_read()
    {
        var o = Parsed("--data", "a b.csv", "--rate", "1e-3", "--steps=5", "--l2", "0", "--score", "1250.5", "--raw", "--features", "a, b c,d", "--hidden-units", "3,-2", "--missing", "drop",
            "--shade", "very-light", "--offset", "-9000000000", "--seed", "18446744073709551615", "--threads", "2", "--out", "pictures", "--json");
        Assert.Equal(("a b.csv", 1e-3, 5, 0.0, 1250.5, true), (o.Data, o.Rate, o.Steps, o.L2, o.Score, o.Raw));
        Assert.Equal((MissingPolicy.Drop, Shade.VeryLight, -9_000_000_000L), (o.Missing, o.Shade, o.Offset));
        Assert.Equal((ulong.MaxValue, 2, "pictures", true), (o.Seed, o.Threads, o.Out, o.Json));
        Assert.Equal("a|b c|d", string.Join('|', o.Features));
        Assert.Equal([3, -2], o.HiddenUnits.AsEnumerable());
    }

    [Fact]
    public void A_text_may_look_like_anything_but_an_option()
    {
        Assert.Equal("@file", Parsed("--data", "@file").Data);
        Assert.Equal("script", Parsed("--data", "script").Data);
        Assert.Equal("-1", Parsed("--data", "-1").Data);
        Assert.Equal("[x]", Parsed("--data", "[x]").Data);
        Assert.Equal("a=b", Parsed("--data", "a=b").Data);
    }

    [Theory]
    [InlineData("--rat 1", "unknown option '--rat'; did you mean '--rate'?")]
    [InlineData("--rat=1", "unknown option '--rat'; did you mean '--rate'?")]
    [InlineData("--Rate 1", "unknown option '--Rate'; did you mean '--rate'?")]
    [InlineData("-rate 1", "unknown option '-rate'; did you mean '--rate'?")]
    [InlineData("--hiddenunits 1", "unknown option '--hiddenunits'; did you mean '--hidden-units'?")]
    [InlineData("--halp", "unknown option '--halp'; did you mean '--help'?")]
    [InlineData("--ab 1", "unknown option '--ab'; expected one of --data, --rate, --steps, --l2, --score, --raw, --features, --hidden-units, --missing, --shade, --offset, --seed, --threads, --out, --json, --help")]
    [InlineData("--frobnicate", "unknown option '--frobnicate'; expected one of --data, --rate, --steps, --l2, --score, --raw, --features, --hidden-units, --missing, --shade, --offset, --seed, --threads, --out, --json, --help")]
    [InlineData("--doubled 1", "unknown option '--doubled'; expected one of --data, --rate, --steps, --l2, --score, --raw, --features, --hidden-units, --missing, --shade, --offset, --seed, --threads, --out, --json, --help")]
    [InlineData("--terminal 1", "unknown option '--terminal'; expected one of --data, --rate, --steps, --l2, --score, --raw, --features, --hidden-units, --missing, --shade, --offset, --seed, --threads, --out, --json, --help")]
    [InlineData("--rate 1 cars.csv", "unexpected argument 'cars.csv'; expected options, such as --data FILE")]
    [InlineData("script", "unexpected argument 'script'; expected options, such as --data FILE")]
    [InlineData("[suggest]", "unexpected argument '[suggest]'; expected options, such as --data FILE")]
    [InlineData("-- 5", "unexpected argument '5'; expected options, such as --data FILE")]
    [InlineData("--json true", "unexpected argument 'true'; expected options, such as --data FILE")]
    [InlineData("--json=false", "unexpected argument 'false'; expected options, such as --data FILE")]
    [InlineData("--rate", "--rate lacks its value; expected a positive number, for example --rate 0.1")]
    [InlineData("--rate=", "--rate lacks its value; expected a positive number, for example --rate 0.1")]
    [InlineData("--data --json", "--data lacks its value; expected FILE")]
    [InlineData("--data --rate 1", "--data lacks its value; expected FILE")]
    [InlineData("--rate 1 --rate 2", "--rate is given 2 times; expected once")]
    [InlineData("--json --json --json", "--json is given 3 times; expected once")]
    [InlineData("--rate abc", "--rate: 'abc' is not a number; expected a positive number, for example --rate 0.1")]
    [InlineData("--rate 1,5", "--rate: '1,5' is not a number; expected a positive number, for example --rate 0.1")]
    [InlineData("--rate 0", "--rate: '0' is out of range; expected a positive number, for example --rate 0.1")]
    [InlineData("--rate -1", "--rate: '-1' is out of range; expected a positive number, for example --rate 0.1")]
    [InlineData("--rate NaN", "--rate: 'NaN' is out of range; expected a positive number, for example --rate 0.1")]
    [InlineData("--rate 1e999", "--rate: '1e999' is too large; expected a positive number, for example --rate 0.1")]
    [InlineData("--l2 -0.1", "--l2: '-0.1' is out of range; expected a number of at least 0, for example --l2 0")]
    [InlineData("--score 1601", "--score: '1601' is out of range; expected a number from 400 to 1600, for example --score 1250")]
    [InlineData("--steps 1.5", "--steps: '1.5' is not a whole number; expected a whole number of at least 0, for example --steps 10000")]
    [InlineData("--steps 10,000", "--steps: '10,000' is not a whole number; expected a whole number of at least 0, for example --steps 10000")]
    [InlineData("--steps -1", "--steps: '-1' is out of range; expected a whole number of at least 0, for example --steps 10000")]
    [InlineData("--steps 2147483648", "--steps: '2147483648' is too large; expected a whole number of at least 0, for example --steps 10000")]
    [InlineData("--threads 0", "--threads: '0' is out of range; expected a whole number from 1 to 1024")]
    [InlineData("--seed -1", "--seed: '-1' is out of range; expected a whole number of at least 0, for example --seed 0")]
    [InlineData("--features a,,b", "--features: 'a,,b' is not a list; expected names separated by commas")]
    [InlineData("--hidden-units 8,x", "--hidden-units: '8,x' is not a list of whole numbers; expected whole numbers separated by commas, for example --hidden-units 8,4")]
    [InlineData("--missing dorp", "--missing: 'dorp' is not a choice; expected error or drop, for example --missing error")]
    [InlineData("--missing 1", "--missing: '1' is not a choice; expected error or drop, for example --missing error")]
    [InlineData("--shade VeryLight", "--shade: 'VeryLight' is not a choice; expected dark or very-light")]
    public void Wrong_usage_is_explained_with_exit_code_2(string arguments, string message) =>
        Assert.Equal(new(2, "", message + "\ndotnet script scripts/sat.csx -- --help shows the options\n"), ScriptRun.Of(arguments, o => throw new InvalidOperationException("must not run")));

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--rat 1 --help")]
    public void Help_shows_every_option_with_its_range_and_default(string arguments) => Assert.Equal(new(0, """
        Predicts admission.

        Usage: dotnet script scripts/sat.csx [-- options]
        Example: dotnet script scripts/sat.csx -- --score 1250

        Options:
          --data FILE              a table
          --rate X                 learning rate (a positive number; default 0.1)
          --steps N                updates (a whole number of at least 0; default 10000)
          --l2 X                   penalty (a number of at least 0; default 0)
          --score X                predict this score and stop (a number from 400 to 1600)
          --raw                    train on unscaled scores
          --features LIST          columns to learn from
          --hidden-units LIST      units of the hidden layers (default 8,4)
          --missing error|drop     rows that lack a value (default error)
          --shade dark|very-light  the picture's shade
          --offset N               an offset into a file (default -1)
          --seed N                 where all randomness starts; the same seed gives the same numbers (default 0)
          --threads N              threads to use; all of the machine's when left out (a whole number from 1 to 1024)
          --out FOLDER             write files into this folder: pictures, and what else comes of it
          --json                   print the result as one line of JSON
          --help                   show this

        """, ""), ScriptRun.Of(arguments, o => throw new InvalidOperationException("must not run")));

    [Theory, InlineData("--data", "--data: the path is empty; expected FILE"), InlineData("--out", "--out: the path is empty; expected FOLDER")]
    public void An_empty_path_is_wrong_usage(string option, string message) =>
        Assert.Equal(new(2, "", message + "\ndotnet script scripts/sat.csx -- --help shows the options\n"), ScriptRun.Of<EveryKind>([option, ""], _ => null));

    sealed record Unreadable : ScriptOptions
    {
        public DateTime When { get; init; }
    }

    [Fact]
    public void An_option_of_an_unknown_type_is_a_defect_of_the_script() =>
        Assert.Contains("System.DateTime", Assert.Throws<NotSupportedException>(() => ScriptRun.Of<Unreadable>([], _ => null)).Message, StringComparison.Ordinal);
}
