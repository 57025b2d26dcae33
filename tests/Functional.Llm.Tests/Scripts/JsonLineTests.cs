using System.Collections.Immutable;
using System.Text.Json;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>A script's result as one line of JSON.</summary>
public sealed class JsonLineTests
{
    sealed record Row(int Updates, double Loss);

    [Fact]
    public void An_object_keeps_the_order_of_its_properties_and_writes_their_names_in_snake_case() =>
        Assert.Equal("""{"validation_loss":1.5,"a":1,"tokens_per_second":2,"parameters_sha256":"ff","l2":0}""", JsonLine.Of(new { ValidationLoss = 1.5, a = 1, TokensPerSecond = 2L, ParametersSha256 = "ff", L2 = 0UL }));

    [Fact]
    public void Tables_are_arrays_of_objects() =>
        Assert.Equal("""{"table":[{"updates":0,"loss":0.5},{"updates":1,"loss":0.25}],"ids":[1,2],"none":[]}""", JsonLine.Of(new { Table = new[] { new Row(0, 0.5), new Row(1, 0.25) }, Ids = ImmutableArray.Create(1, 2), None = Enumerable.Empty<int>() }));

    [Fact]
    public void What_is_not_finite_is_null() =>
        Assert.Equal("[null,null,null,null,null,null,null]", JsonLine.Of(new object?[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity, float.NaN, float.PositiveInfinity, float.NegativeInfinity, null }));

    [Fact]
    public void Numbers_are_short_and_read_back_as_the_same_bits()
    {
        Assert.Equal("[0.1,0.1,1E-05,0.30000000000000004,-0]", JsonLine.Of(new object[] { 0.1, (float)0.1, 1e-5, 0.1 + 0.2, -0.0 }));
        var random = new Random(1);
        var doubles = Enumerable.Range(0, 1000).Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64())).Where(double.IsFinite).ToArray();
        Assert.Equal(doubles, JsonSerializer.Deserialize<double[]>(JsonLine.Of(doubles)));
        var floats = Enumerable.Range(0, 1000).Select(_ => BitConverter.Int32BitsToSingle(random.Next())).Where(float.IsFinite).ToArray();
        Assert.Equal(floats, JsonSerializer.Deserialize<float[]>(JsonLine.Of(floats)));
    }

    [Fact]
    public void Texts_flags_choices_and_dictionaries() =>
        Assert.Equal("""{"text":"two\nlines, \"quotes\", 'ž' <b>","raw":true,"missing":"drop","shade":"very_light","map":{"a b":1}}""", JsonLine.Of(new { Text = "two\nlines, \"quotes\", 'ž' <b>", Raw = true, Missing = MissingPolicy.Drop, Shade = Shade.VeryLight, Map = ImmutableSortedDictionary<string, int>.Empty.Add("a b", 1) }));

    [Fact]
    public void Nothing_is_null() => Assert.Equal("null", JsonLine.Of(null));
}
