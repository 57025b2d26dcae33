using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Functional.Llm.Tests;

/// <summary>The attribute itself: properties of a class that xunit does not discover are run by hand, and their reports read.</summary>
public sealed partial class PropertyAttributeTests(ITestOutputHelper output)
{
    [Property(MaxTest = 7)]
    public void Xunit_runs_a_property_with_drawn_arguments_and_an_injected_output(int x, string text)
    {
        Assert.NotNull(output);
        Assert.Equal(x, int.Parse($"{x}"));
        Assert.Equal(text, text?[..]);
    }

    [Fact]
    public async Task A_failure_reports_the_shrunk_and_the_original_counterexample()
    {
        var failure = await Fails(nameof(Samples.Below_a_thousand));
        Assert.Contains("Falsifiable, after", failure, StringComparison.Ordinal);
        var numbers = Counterexample().Match(failure);
        Assert.Equal("1000", numbers.Groups["shrunk"].Value);
        Assert.True(int.Parse(numbers.Groups["original"].Value) > 1000, failure);
        Assert.Contains("Assert.InRange()", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_failure_prints_replays_the_same_counterexample()
    {
        var first = await Fails(nameof(Samples.Below_a_thousand));
        var replay = ReplaySetting().Match(first).Groups["replay"].Value;
        Samples.FailedWith.Value = replay;
        var second = await Fails(nameof(Samples.Below_a_thousand_again));
        Assert.Equal(Counterexample().Match(first).Value, Counterexample().Match(second).Value);
        Assert.Equal(replay, ReplaySetting().Match(second).Groups["replay"].Value);
        Assert.Contains("after 1 test ", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replay_in_the_attribute_is_obeyed()
    {
        var failure = await Fails(nameof(Samples.Replayed));
        Assert.Contains("(1234567,7654321,50)", failure, StringComparison.Ordinal);
        Assert.Equal(Counterexample().Match(failure).Value, Counterexample().Match(await Fails(nameof(Samples.Replayed))).Value);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("(1,2,3,4)")]
    [InlineData("(1,-2)")]
    public void A_replay_that_is_none_is_refused(string replay) =>
        Assert.Contains(replay, Assert.Throws<FormatException>(() => new PropertyAttribute { Replay = replay }.Over(Config.Default)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(nameof(Samples.Seven_draws), 7)]
    [InlineData(nameof(Samples.As_many_draws_as_the_class_says), 13)]
    [InlineData(nameof(Samples.A_task), 3)]
    public async Task As_many_draws_are_made_as_asked(string property, int draws) =>
        Assert.Equal(draws, (await Passes(property)).Split("draw ").Length - 1);

    [Theory]
    [InlineData(nameof(Samples.Large_numbers_are_large))]
    [InlineData(nameof(Samples.Large_numbers_are_a_property))]
    [InlineData(nameof(Samples.Static_and_silent))]
    public async Task The_given_arbitraries_draw_the_arguments(string property) => await Passes(property);

    [Theory]
    [InlineData(nameof(Samples.False), "Falsifiable, after 1 test")]
    [InlineData(nameof(Samples.A_task_that_fails), "it failed later")]
    [InlineData(nameof(Samples.A_property_that_fails), "Label of failing property: too small")]
    [InlineData(nameof(Samples.Never_tested), "Arguments exhausted after 0 tests")]
    public async Task Whatever_a_property_returns_can_fail(string property, string expected) =>
        Assert.Contains(expected, await Fails(property), StringComparison.Ordinal);

    [Fact]
    public async Task Output_is_verbose_or_quiet_as_asked()
    {
        Assert.Matches(@"0:\n-?\d+\n1:\n-?\d+\nOk, passed 2 tests", await Passes(nameof(Samples.Talkative)));
        Assert.Equal("", await Passes(nameof(Samples.Static_and_silent)));
    }

    [Fact]
    public async Task A_skipped_property_is_not_run() =>
        Assert.Equal("skipped on purpose, to see that it is", Assert.IsType<ITestSkipped>(await Run(nameof(Samples.Skipped)), exactMatch: false).Reason);

    static async Task<string> Passes(string property) => Assert.IsType<ITestPassed>(await Run(property), exactMatch: false).Output.ReplaceLineEndings("\n");

    static async Task<string> Fails(string property) =>
        Assert.IsType<ITestFailed>(await Run(property), exactMatch: false).Messages.Aggregate((outer, inner) => $"{outer}\n{inner}").ReplaceLineEndings("\n");

    /// <summary>What xunit reports of one sample.</summary>
    static async Task<ITestResultMessage> Run(string property)
    {
        var tests = new TestCollection(new TestAssembly(Reflector.Wrap(typeof(Samples).Assembly)), null, "samples");
        var method = new TestMethod(new TestClass(tests, Reflector.Wrap(typeof(Samples))), Reflector.Wrap(typeof(Samples).GetMethod(property)));
        using var testCase = new PropertyTestCase(new NullMessageSink(), TestMethodDisplay.Method, TestMethodDisplayOptions.None, method);
        using var bus = new Messages();
        using var cancellation = new CancellationTokenSource();
        await testCase.RunAsync(new NullMessageSink(), bus, [() => new TestOutputHelper()], new ExceptionAggregator(), cancellation);
        return Assert.Single(bus.Seen.OfType<ITestResultMessage>());
    }

    sealed class Messages : IMessageBus
    {
        public ConcurrentQueue<IMessageSinkMessage> Seen { get; } = [];

        public bool QueueMessage(IMessageSinkMessage message)
        {
            Seen.Enqueue(message);
            return true;
        }

        public void Dispose()
        {
        }
    }

    [GeneratedRegex(@"Original:\n(?<original>-?\d+)\nShrunk:\n(?<shrunk>-?\d+)\n", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Counterexample();

    [GeneratedRegex("\\[Property\\(Replay = \"(?<replay>.*)\"\\)\\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ReplaySetting();

    /// <summary>Properties for the tests above; not public, so that xunit leaves those alone which fail on purpose.</summary>
    [Properties(MaxTest = 13, QuietOnSuccess = true)]
#pragma warning disable xUnit1000 // Test classes must be public
    sealed class Samples(ITestOutputHelper output)
#pragma warning restore xUnit1000
    {
        public static AsyncLocal<string> FailedWith { get; } = new();

        [Property(MaxTest = 100, Arbitrary = [typeof(Large)])]
        public void Below_a_thousand(int x) => Assert.InRange(x, 0, 999);

        [Again(Arbitrary = [typeof(Large)])]
        public void Below_a_thousand_again(int x) => Below_a_thousand(x);

        [Property(Replay = "(1234567,7654321,50)")]
        public bool Replayed(int x) => x is 12345 or 54321;

        [Property(MaxTest = 7)]
        public void Seven_draws(int x) => Draw(x);

        [Property]
        public bool As_many_draws_as_the_class_says(int x) => Draw(x);

        [Property(MaxTest = 3)]
        public async Task A_task(int x)
        {
            await Task.Yield();
            Draw(x);
        }

        [Property(Arbitrary = [typeof(Large), typeof(Small)])]
        public bool Large_numbers_are_large(int x) => x >= 500;

        [Property(Arbitrary = [typeof(Large)])]
        public Property Large_numbers_are_a_property(int x) => (x >= 500).Label("large");

        [Property(Arbitrary = [typeof(Large)])]
        public static bool Static_and_silent(int x) => x >= 500;

        [Property]
        public static bool False() => false;

        [Property]
        public static async Task A_task_that_fails(int x)
        {
            await Task.Yield();
            throw new InvalidOperationException($"it failed later, at {x}");
        }

        [Property]
        public static Property A_property_that_fails(int x) => (x > 10).Label("too small");

        [Property]
        public static Property Never_tested(int x) => false.ToProperty().When(x.Equals("no number"));

        [Property(MaxTest = 2, Verbose = true, QuietOnSuccess = false)]
        public static bool Talkative(int x) => x <= int.MaxValue;

        [Property(Skip = "skipped on purpose, to see that it is")]
        public static bool Skipped(int x) => x.Equals("no number");

        bool Draw(int x)
        {
            output.WriteLine($"draw {x}");
            return true;
        }

        public sealed class AgainAttribute : PropertyAttribute
        {
            public AgainAttribute() => Replay = FailedWith.Value;
        }

        public static class Large
        {
            public static Arbitrary<int> Numbers() => Arb.From(Gen.Choose(500, 5000), x => Enumerable.Range(500, x - 500).Reverse());
        }

        public static class Small
        {
            public static Arbitrary<int> Numbers() => Arb.From(Gen.Choose(0, 9));
        }
    }
}
