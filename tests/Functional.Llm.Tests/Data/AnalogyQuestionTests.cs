using Xunit;

namespace Functional.Llm.Tests;

public class AnalogyQuestionTests
{
    [Fact]
    public void Sections_and_questions_are_read_and_a_wrong_line_is_told_by_its_place()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, ": family\nBoy girl King queen\n\n: gram 2\na b c d\n");
            Assert.Equal([new("family", "boy", "girl", "king", "queen"), new("gram 2", "a", "b", "c", "d")], AnalogyQuestion.Read(path).AsEnumerable());
            File.WriteAllText(path, ": family\nboy girl king\n");
            Assert.Contains(":2: 'boy girl king'; expected four words", Assert.Throws<FunctionalLlmException>(() => AnalogyQuestion.Read(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
