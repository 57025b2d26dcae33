using Xunit;

namespace Functional.Llm.Tests;

/// <summary>The text that needs no download.</summary>
public sealed class CorpusTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    [Fact]
    public void It_is_the_sources_notes_and_scripts_in_the_order_of_their_paths()
    {
        Assert.All(["b", "B", ".git", "b/bin", "b/obj", "b/c"], name => Directory.CreateDirectory(folder[name]));
        folder.Write("b/a.cs", "4 b/a.cs\n");
        folder.Write("b/c/x.md", "5 b/c/x.md\r\n");
        folder.Write("b.md", "3 b.md\n");
        folder.Write("B/z.csx", "1 B/z.csx\n");
        folder.Write("a.cs", "2 a.cs\n");
        Assert.All(["a.txt", "a.csv", ".git/x.md", "b/bin/x.cs", "b/obj/x.cs"], name => folder.Write(name, $"not {name}\n"));
        Assert.Equal("1 B/z.csx\n2 a.cs\n3 b.md\n4 b/a.cs\n5 b/c/x.md\n", Corpus.Read(folder.Path));
        Assert.Equal(Corpus.Read(folder.Path), Corpus.Read(folder["b/.."]));
    }

    [Fact]
    public void A_folder_without_sources_is_told()
    {
        Assert.StartsWith($"{folder.Path}: no file here ends in .cs, .csx, .md; expected", Assert.Throws<StorageException>(() => Corpus.Read(folder.Path)).Message, StringComparison.Ordinal);
        Assert.StartsWith($"{folder["x"]}: no such folder; expected", Assert.Throws<StorageException>(() => Corpus.Read(folder["x"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void This_project_is_enough_to_learn_from()
    {
        var text = Corpus.Read(ScriptFolder.Repository);
        Assert.InRange(text.Length, 500_000, 50_000_000);
        Assert.Contains("/// <summary>The text that needs no download.", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
    }

    public void Dispose() => folder.Dispose();
}
