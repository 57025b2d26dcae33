using Xunit;

namespace Functional.Llm.Tests.Inference;

/// <summary>Ids as JSON.</summary>
public sealed class IdsFileTests : IDisposable
{
    static readonly Gpt2 Gpt = new(10, 4, 4, 1, 1);
    static readonly Pretrained<Gpt2Parameters> Model = new(Gpt, Gpt.Start(new Key(1)));

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    string Write(string json)
    {
        File.WriteAllText(folder["ids.json"], json);
        return folder["ids.json"];
    }

    [Fact]
    public void Rows_are_read_and_a_target_may_be_left_out()
    {
        var (inputs, targets) = IdsFile.Read(Write("""{"input_ids": [[1, 2], [3, 9]], "target_ids": [[2, -100], [9, 0]]}"""), Model);
        Assert.Equal((Tokens.Of((2, 2), 1, 2, 3, 9), Tokens.Of((2, 2), 2, -100, 9, 0)), (inputs, targets), (a, b) => a.Item1.Ids.SequenceEqual(b.Item1.Ids) && a.Item2.Ids.SequenceEqual(b.Item2.Ids));
    }

    [Theory]
    [InlineData("bad", "1:1: no JSON: 'bad' cannot stand here"), InlineData("{\n \"ä\": tru}", "2:10: no JSON: '}' cannot stand here"), InlineData("{\"input_ids\": [[1", "1:18: no JSON: the file ends here")]
    [InlineData("[[[[[[[[[1]]]]]]]]]", "1:9: no JSON: more than 8 arrays and objects in each other"), InlineData("{\"input_ids\": 1, \"input_ids\": 2}", "no JSON: a name is there twice")]
    public void What_is_no_JSON_is_told_with_line_and_column(string json, string expected)
    {
        var path = Write(json);
        Assert.Equal($"{path}:{expected}; expected {{\"input_ids\": [[...]], \"target_ids\": [[...]]}}; check the file", Assert.Throws<StorageException>(() => IdsFile.Read(path, Model)).Message.Replace($"{path}: no", $"{path}:no", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "no JSON"), InlineData("[]", "input_ids"), InlineData("{\"input_ids\": [[1]]}", "target_ids"), InlineData("{\"input_ids\": 1, \"target_ids\": 1}", "input_ids")]
    [InlineData("{\"input_ids\": [], \"target_ids\": []}", "input_ids"), InlineData("{\"input_ids\": [[]], \"target_ids\": [[]]}", "row 0"), InlineData("{\"input_ids\": [[1, 2], [3]], \"target_ids\": [[1]]}", "row 1")]
    [InlineData("{\"input_ids\": [[1, 2, 3, 4, 5]], \"target_ids\": [[1]]}", "the model's context, 4"), InlineData("{\"input_ids\": [[10]], \"target_ids\": [[1]]}", "'10' at place 0 of row 0")]
    [InlineData("{\"input_ids\": [[1.5]], \"target_ids\": [[1]]}", "1.5"), InlineData("{\"input_ids\": [[-100]], \"target_ids\": [[1]]}", "-100"), InlineData("{\"input_ids\": [[1]], \"target_ids\": [[1, 2]]}", "one shape")]
    [InlineData("{\"input_ids\": [[1, 2]], \"target_ids\": [[-100, -100]]}", "every target is -100")]
    [InlineData("{\"\\ud800\": 1, \"input_ids\": [[1]], \"target_ids\": [[1]]}", "half a character"), InlineData("{\"input_ids\": [[\"\\ud800\"]], \"target_ids\": [[1]]}", "input_ids has")]
    public void What_is_wrong_is_told_with_the_file(string json, string expected)
    {
        var path = Write(json);
        var message = Assert.Throws<StorageException>(() => IdsFile.Read(path, Model)).Message;
        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }
}
