using Xunit;

namespace Functional.Llm.Tests;

/// <summary>A model's tensors are found in one file or in several, and only in its own folder.</summary>
public sealed class SafetensorsFolderTests : IDisposable
{
    const string Index = "model.safetensors.index.json";
    const string One = "model-00001-of-00002.safetensors";
    const string Two = "model-00002-of-00002.safetensors";

    readonly TemporaryFolder folder = new();

    public SafetensorsFolderTests()
    {
        SafetensorsFile.Write(folder[One], [("a", [1, 2]), ("b", [3])]);
        SafetensorsFile.Write(folder[Two], [("c", [4, 5, 6]), ("unused", [7])]);
        folder.Write(Index, $$$"""{"metadata":{"size":24,"more":[{}]},"weight_map":{"a":"{{{One}}}","c":"{{{Two}}}","b":"{{{One}}}"}}""");
    }

    public void Dispose() => folder.Dispose();

    static string Refusal(string path)
    {
        var message = Assert.Throws<StorageException>(() => SafetensorsFolder.Open(path)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    string Map(string json)
    {
        folder.Write(Index, json);
        return Refusal(folder.Path)[(folder.Path.Length + 1)..];
    }

    [Fact]
    public void Shards_are_one_model()
    {
        using var model = SafetensorsFolder.Open(folder.Path);
        Assert.Equal(["a", "b", "c"], model.Names.Order());
        Assert.Equal([1, 2], model.Read("a").ToArray());
        Assert.Equal([3], model.Read("b").ToArray());
        Assert.Equal([4, 5, 6], model.Read("c").ToArray());
        Assert.Equal(3, model["c"].Shape);
        Assert.True(model.Contains("a") && !model.Contains("unused"));
        Assert.Equal(
            $"{folder.Path}: there is no tensor 'd'; there are 3 others", Assert.Throws<StorageException>(() => model.Read("d")).Message);
        Assert.Equal(
            $"{folder[One]}: tensor 'a' is of F32, which is not read; expected I64, I32, U8; convert the file",
            Assert.Throws<StorageException>(() => model.ReadIntegers("a")).Message);
    }

    [Fact]
    public void A_single_file_is_taken_before_an_index()
    {
        SafetensorsFile.Write(folder["model.safetensors"], [("whole", [1])]);
        using var model = SafetensorsFolder.Open(folder.Path);
        Assert.Equal(["whole"], model.Names);
    }

    [Fact]
    public void A_folder_without_a_model_is_told()
    {
        Assert.StartsWith(
            $"{folder["none"]}: there is no model in this folder; expected model.safetensors or {Index};",
            Refusal(folder["none"]),
            StringComparison.Ordinal);
        File.Delete(folder[Index]);
        Assert.StartsWith($"{folder.Path}: there is no model in this folder;", Refusal(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_shard_is_told()
    {
        File.Delete(folder[Two]);
        Assert.Equal(
            $"{folder[Two]}: the shard is missing; expected it, as the index says; get it from where the others are", Refusal(folder.Path));
    }

    [Fact]
    public void A_broken_shard_is_told()
    {
        folder.Write(Two, new byte[20]);
        Assert.StartsWith($"{folder[Two]}: the header does not begin with '{{'", Refusal(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_is_not_in_its_shard_is_told() => Assert.Equal(
        $"{Index}: tensor 'd' is not in '{One}'; expected it there, as the index says; get both files anew, as they belong together",
        Map($$$"""{"weight_map":{"a":"{{{One}}}","d":"{{{One}}}"}}"""));

    [Theory]
    [InlineData("../model.safetensors"), InlineData("/etc/passwd"), InlineData("sub/model.safetensors")]
    [InlineData(".."), InlineData("."), InlineData(""), InlineData("..\\\\model.safetensors")]
    [InlineData("C:model.safetensors"), InlineData("a\\u0000b"), InlineData("\\\\\\\\server\\\\share\\\\x")]
    [InlineData("NUL"), InlineData("con.safetensors"), InlineData("Com1.x"), InlineData("LPT³"), InlineData("AUX .safetensors"), InlineData(".. "), InlineData("...")]
    public void An_index_may_not_lead_out_of_the_folder(string shard)
    {
        Directory.CreateDirectory(folder["sub"]);
        File.Copy(folder[One], folder["sub/model.safetensors"]);
        Assert.Matches(
            "^model.safetensors.index.json: the shard '.*' is no file's name; expected a file in the same folder; get the index anew$",
            Map($$$"""{"weight_map":{"a":"{{{shard}}}"}}"""));
    }

    [Theory, InlineData("com"), InlineData("nullable.safetensors"), InlineData(".hidden"), InlineData("a b..c"), InlineData("lpt12"), InlineData("é")]
    public void Other_names_are_files(string shard) =>
        Assert.StartsWith($"{shard}: the shard is missing", Map($$$"""{"weight_map":{"a":"{{{shard}}}"}}"""), StringComparison.Ordinal);

    [Fact]
    public void A_link_that_lies_in_the_folder_is_followed()
    {
        // As in Hugging Face's cache: snapshots/REVISION/NAME leads to blobs/SUM.
        var (blobs, snapshot) = (Directory.CreateDirectory(folder["blobs"]).FullName, Directory.CreateDirectory(folder["snapshots/1"]).FullName);
        foreach (var (i, name) in new[] { One, Two, Index }.Index())
        {
            File.Move(folder[name], Path.Combine(blobs, $"{i}"));
            File.CreateSymbolicLink(Path.Combine(snapshot, name), $"../../blobs/{i}");
        }

        using (var model = SafetensorsFolder.Open(snapshot))
            Assert.Equal([4, 5, 6], model.Read("c").ToArray());
        File.CreateSymbolicLink(folder["1"], snapshot);
        using (var model = SafetensorsFolder.Open(folder["1"]))
            Assert.Equal(["a", "b", "c"], model.Names.Order());
    }

    [Theory]
    [InlineData("../gone", "the safetensors file is a link to '../gone', where nothing is; put the file there, or get both anew")]
    [InlineData("link", "the safetensors file cannot be read: Too many levels of symbolic links")]
    [InlineData(".", "the shard is missing")]
    [InlineData("/dev/null", "the file has 0 bytes; expected a safetensors file")]
    public void A_link_that_leads_to_no_shard_is_told(string target, string expected)
    {
        File.CreateSymbolicLink(folder["link"], target);
        Assert.StartsWith($"link: {expected}", Map("""{"weight_map":{"a":"link"}}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "the index is an array; expected a JSON object")]
    [InlineData("{}", "there is no weight_map")]
    [InlineData("{\"weight_map\":[]}", "weight_map is an array")]
    [InlineData("{\"weight_map\":{\"a\":1}}", "weight_map at key 'a' is '1'; expected a text")]
    [InlineData("{\"weight_map\":{\"a\":\"x\",\"a\":\"x\"}}", "weight_map has the key 'a' twice")]
    [InlineData("{\"weight_map\":{},\"weight_map\":{}}", "weight_map is there twice")]
    public void What_is_wrong_with_an_index_is_told(string json, string expected) =>
        Assert.StartsWith($"{Index}: {expected}", Map(json), StringComparison.Ordinal);

    [Theory]
    [InlineData("{\n\"weight_map\":{}", "2:16: no JSON: the file ends here")]
    [InlineData("{\"x\":[[[[[[[[[]]]]]]]]]}", "1:13: no JSON: more than 8 arrays and objects in each other")]
    [InlineData("{\n\"ä\": 1,,}", "2:8: no JSON: ',}' cannot stand here")]
    public void An_index_that_is_no_JSON_is_told_with_line_and_column(string json, string expected) =>
        Assert.Equal($"{Index}:{expected}; expected a JSON object; get the file anew", Map(json));

    [Fact]
    public void A_large_index_is_refused_at_little_cost()
    {
        folder.Write(Index, new byte[(1 << 24) + 1]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal($"{folder[Index]}: the index has 16,777,217 bytes; expected at most 16,777,216; get it anew", Refusal(folder.Path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }
}
