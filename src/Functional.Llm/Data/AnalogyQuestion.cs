namespace Functional.Llm;

/// <summary>A question of an analogy test: A is to B as C is to D.</summary>
/// <param name="Section">What the question is about, such as <c>family</c>.</param>
/// <param name="A">The first word.</param>
/// <param name="B">What it is to.</param>
/// <param name="C">The third word.</param>
/// <param name="D">The answer.</param>
public sealed record AnalogyQuestion(string Section, string A, string B, string C, string D)
{
    /// <summary>The questions of a file in the manner of word2vec's <c>questions-words.txt</c>, in lower case: <c>: section</c>, or four words a line.</summary>
    /// <exception cref="FunctionalLlmException">A line is neither: file and line, and what was expected.</exception>
    public static ImmutableArray<AnalogyQuestion> Read(string path)
    {
        var (questions, section) = (ImmutableArray.CreateBuilder<AnalogyQuestion>(), "");
        foreach (var (i, line) in TextFile.Read(path).OrFail().ToLowerInvariant().Split('\n').Index())
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case []:
                    break;
                case [":", ..]:
                    section = string.Join(' ', words[1..]);
                    break;
                case [var a, var b, var c, var d]:
                    questions.Add(new(section, a, b, c, d));
                    break;
                default:
                    throw new FunctionalLlmException($"{path}:{i + 1}: {Spelling.Quoted(line)}; expected four words, as in 'king queen man woman', or a section, as in ': family'");
            }
        }

        return questions.ToImmutable();
    }
}
