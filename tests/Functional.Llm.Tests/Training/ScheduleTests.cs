using FsCheck.Xunit;
using Functional.Llm.Tests.Gradients;
using Xunit;

namespace Functional.Llm.Tests.Training;

/// <summary>Schedules: published rates, where their pieces meet, and arguments that make no schedule.</summary>
public class ScheduleTests
{
    [ReferenceFact("optimizer-nn-cs336.json")]
    public void Warm_up_and_cosine_are_the_published_ones()
    {
        var run = Reference.Json("optimizer-nn-cs336.json").GetProperty("cosineSchedule");
        var schedule = Schedule.WarmupCosine(run.GetProperty("maxLr").GetDouble(), run.GetProperty("warmup").GetInt32(), run.GetProperty("cycle").GetInt32(), end: run.GetProperty("minLr").GetDouble());
        var expected = run.GetProperty("expected").EnumerateArray().Select(e => e.GetDouble()).ToArray();
        Assert.Equal(25, expected.Length);
        Assert.All(expected.Index(), e => Assert.Equal(e.Item, schedule.At(e.Index), 1e-15));
    }

    // The reference's five digits.
    [Theory]
    [InlineData(0, 1e-5, 1e-20), InlineData(26, 9.6333e-4, 5e-9), InlineData(27, 1e-3, 1e-18), InlineData(81, 5.05e-4, 1e-18), InlineData(134, 1.0209e-5, 5e-10)]
    [InlineData(135, 1e-5, 1e-20), InlineData(100_000, 1e-5, 1e-20)]
    public void The_worked_example_is_met(int step, double rate, double tolerance) =>
        Assert.Equal(rate, Schedule.WarmupCosine(1e-3, 27, 135, 1e-5, 1e-5).At(step), tolerance);

    [Fact]
    public void Warm_up_stays_and_decays_in_straight_lines() => Assert.Equal([0.5, 1.25, 2, 2, 2, 2, 1.55, 1.1, 0.65, 0.2, 0.2],
        Enumerable.Range(0, 11).Select(step => Math.Round(Schedule.WarmupStableDecay(2, 2, 4, 9, 0.5, 0.2).At(step), 14)));

    [Property]
    public void Pieces_meet_and_rates_stay_between_the_end_and_the_peak(ulong seed)
    {
        var d = new Draw(seed);
        var (warmup, decay, stable) = (d.Int(0, 20), d.Int(0, 20), d.Int(0, 20));
        var (peak, start, end) = (d.Uniform(0.5, 1), d.Uniform(0, 0.5), d.Uniform(0, 0.5));
        var steps = warmup + decay + stable;
        foreach (var schedule in new[] { Schedule.WarmupCosine(peak, warmup, steps, start, end), Schedule.WarmupStableDecay(peak, warmup, decay, steps, start, end) })
        {
            var rates = Enumerable.Range(0, steps + 3).Select(schedule.At).ToArray();
            Assert.All(rates, rate => Assert.InRange(rate, Math.Min(start, end), peak));
            Assert.Equal(warmup > 0 ? start : steps > 0 ? peak : end, rates[0]);
            Assert.Equal(warmup < steps ? peak : end, rates[warmup], 1e-15);
            Assert.All(rates[steps..], rate => Assert.Equal(end, rate));
            Assert.True(rates[..warmup].SequenceEqual(rates[..warmup].Order()) && rates[warmup..].SequenceEqual(rates[warmup..].OrderDescending()));
        }
    }

    [Fact]
    public void A_number_is_a_rate_that_stays()
    {
        Schedule schedule = 0.25;
        Assert.All(new[] { 0, 1, int.MaxValue }, step => Assert.Equal(0.25, schedule.At(step)));
    }

    sealed record Halving(double Start) : Schedule
    {
        public override double At(int step) => Start / (1 << step);
    }

    [Fact]
    public void A_schedule_of_ones_own_is_a_record() => Assert.Equal(0.125, new Sgd(new Halving(1)).RateAt(3));

    [Fact]
    public void What_makes_no_schedule_is_refused_with_the_reason()
    {
        Refused("schedule: the rate -0.1 is no learning rate. Pass a number from 0 on.", () => new Sgd(-0.1));
        Refused("schedule: the rate NaN is no", () => new AdamW(double.NaN));
        Refused("schedule: the peak Infinity is no", () => Schedule.WarmupCosine(double.PositiveInfinity, 1, 2));
        Refused("schedule: the start -1 is no", () => Schedule.WarmupCosine(1, 1, 2, start: -1));
        Refused("schedule: the end NaN is no", () => Schedule.WarmupStableDecay(1, 1, 1, 2, end: double.NaN));
        Refused("schedule: 5 steps do not hold 6 of warm-up. Pass", () => Schedule.WarmupCosine(1, 6, 5));
        Refused("schedule: 5 steps do not hold -1 of warm-up", () => Schedule.WarmupCosine(1, -1, 5));
        Refused("schedule: 5 steps do not hold 3 of warm-up and 3 of decay", () => Schedule.WarmupStableDecay(1, 3, 3, 5));
        Refused("schedule: 2,147,483,647 steps do not hold 2,147,483,647 of warm-up and 2,147,483,647", () => Schedule.WarmupStableDecay(1, int.MaxValue, int.MaxValue, int.MaxValue));
        Refused("clip: 0 is no limit", () => new Sgd(1) { Clip = 0 });
        Refused("clip: NaN is no limit", () => new Sgd(1) with { Clip = double.NaN });
    }

    static void Refused(string words, Func<object> make) => Assert.StartsWith(words, Assert.Throws<FunctionalLlmException>(make).Message, StringComparison.Ordinal);
}
