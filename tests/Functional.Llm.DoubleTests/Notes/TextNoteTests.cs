using System.Text;
using Functional.Llm.Tests;
using Xunit;

namespace Functional.Llm.DoubleTests.Notes;

public class TextNoteTests
{
    [Fact]
    public void Every_number_of_the_note_on_tokens_is_computed_again()
    {
        var face = new Rune(0x1F600);
        var bytes = Encoding.UTF8.GetBytes(face.ToString());
        Assert.Equal([240, 159, 152, 128], bytes.Select(b => (int)b));
        var (high, low) = ((bytes[1] & 63) << 12, (bytes[2] & 63) << 6);
        Assert.Equal(face.Value, high + low);
        double BitsPerByte(double loss, double bytesPerToken) => loss / Math.Log(2) / bytesPerToken;
        Note.Check("tokens.md", Note.Values(
            face.Value, high, low, int.Parse(Convert.ToString(bytes[0] >> 3, 2)), 976, 536, 512, 1024, 2019, 50_257, 3.30, 4.40, 1.47, BitsPerByte(3.30, 4.40), BitsPerByte(1.47, 1), Math.Log(50_257)));
        Assert.Equal((126_976, 1536, 128_512), (high, low, face.Value));
    }

    [DataFact("gpt2/encoder.json")]
    public void Gpt2s_tokens_of_the_face_are_those_of_the_note()
    {
        var gpt2 = TokenizerFile.Read(Data.Path("gpt2"));
        Assert.Equal(["20F09F98", "80"], gpt2.EncodeToIds(" 😀").Select(id => Convert.ToHexString(gpt2.Bytes(id).Span)));
    }

    [Fact]
    public void Every_number_of_the_note_on_vocabularies_is_computed_again()
    {
        using var text = new StringReader("aaabdaaabac");
        var merges = BytePairTraining.Learn(text).Take(3).ToList();
        Assert.Equal(["a a 256 4", "aa a 257 2", "aaa b 258 2"], merges.Select(m => $"{Encoding.ASCII.GetString(m.Left.Span)} {Encoding.ASCII.GetString(m.Right.Span)} {m.Id} {m.Count}"));
        var ids = BytePairTokenizer.Of(merges).EncodeToIds("aaabdaaabac");
        Assert.Equal([258, 100, 258, 97, 99], ids.ToArray());
        Note.Check("tokenizer.md", Note.Values(11.0 / ids.Length));
    }

    [Fact]
    public void Every_number_of_the_note_on_files_is_computed_again()
    {
        static long Windows(int ids, int length) => (ids - length - 1) / length + 1;
        var folder = Directory.CreateTempSubdirectory("functional-llm-");
        try
        {
            long Bytes(int vocabulary)
            {
                TokenFile.Write(Path.Combine(folder.FullName, "tokens.bin"), vocabulary, Enumerable.Repeat(7, 5145));
                return new FileInfo(Path.Combine(folder.FullName, "tokens.bin")).Length;
            }

            Assert.Equal((20, 1286), (Windows(5145, 256), Windows(5145, 4)));
            Note.Check("tokenize.md", Note.Values(1 << 16, 536, 5145, 20_479, 128_256, 15_496, 322, Bytes(50_257), Bytes(128_256), Windows(5145, 4)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
