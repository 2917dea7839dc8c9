import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Scanner;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;

// Reads lines of API key, version, error code and a request's body in hex, and prints for each the body of
// the answer with that error, "unsupported" for what this Kafka doesn't know, or what it throws.
public class ErrorResponses {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        while (in.hasNextLine()) {
            String[] line = in.nextLine().split(" ", -1);
            System.out.println(answer(Integer.parseInt(line[0]), Short.parseShort(line[1]), Short.parseShort(line[2]), line[3]));
        }
    }

    private static String answer(int key, short version, short code, String body) {
        if (!ApiKeys.hasId(key) || !ApiKeys.forId(key).isVersionSupported(version)) {
            return "unsupported";
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(body));
            AbstractRequest request = AbstractRequest.parseRequest(ApiKeys.forId(key), version, new ByteBufferAccessor(bytes)).request;
            ByteBuffer answer = MessageUtil.toByteBufferAccessor(
                request.getErrorResponse(0, Errors.forCode(code).exception()).data(), version).buffer();
            byte[] out = new byte[answer.remaining()];
            answer.get(out);
            return HexFormat.of().formatHex(out);
        } catch (RuntimeException e) {
            return "! " + e.toString().replace('\n', ' ');
        }
    }
}
