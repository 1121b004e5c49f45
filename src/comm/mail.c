/* Mail: small messages that are sent without waiting. A receiver that computes for minutes finds
 * them when it looks; one-sided communication would need its help as well (Open MPI makes progress
 * inside its calls only). */
#include "skel/mail.h"

#include "skel/memory.h"

#include <mpi.h>
#include <string.h>
#include <unistd.h>

enum { SLOTS = 64 /* letters that may be on their way at the same time */ };

struct skel_mail {
    MPI_Comm comm; /* MPI_COMM_NULL for a group without MPI: one rank, and nobody to write to */
    int size;
    int rank;
    int latest; /* slot of the latest letter */
    MPI_Request request[SLOTS];
    char text[SLOTS][SKEL_MAIL_LETTER];
};

skel_status skel_mail_open(const skel_comm *comm, skel_mail **out)
{
    const MPI_Comm *mpi = skel_comm_mpi(comm);
    skel_status status = skel_comm_agree(comm, SKEL_ALLOC(1, sizeof **out, out));

    if (status != SKEL_OK) {
        SKEL_FREE(out);
        return status;
    }
    (*out)->comm = MPI_COMM_NULL;
    (*out)->rank = skel_comm_rank(comm);
    (*out)->size = skel_comm_size(comm);
    for (int i = 0; i < SLOTS; i++) {
        (*out)->request[i] = MPI_REQUEST_NULL;
    }
    if (mpi != NULL) {
        (void)MPI_Comm_dup(*mpi, &(*out)->comm);
    }
    return SKEL_OK;
}

void skel_mail_close(skel_mail **mail)
{
    if (*mail == NULL) {
        return;
    }
    (void)MPI_Waitall(SLOTS, (*mail)->request, MPI_STATUSES_IGNORE);
    if ((*mail)->comm != MPI_COMM_NULL) {
        (void)MPI_Comm_free(&(*mail)->comm);
    }
    SKEL_FREE(mail);
}

void skel_mail_send(skel_mail *mail, int to, size_t bytes, const void *letter)
{
    int slot = (mail->latest + 1) % SLOTS;

    SKEL_ASSERT(to >= 0 && to < mail->size && to != mail->rank && bytes <= SKEL_MAIL_LETTER);
    (void)MPI_Wait(&mail->request[slot], MPI_STATUS_IGNORE); /* it has left long ago */
    memcpy(mail->text[slot], letter, bytes);
    (void)MPI_Isend(mail->text[slot], (int)bytes, MPI_BYTE, to, 0, mail->comm,
                    &mail->request[slot]);
    mail->latest = slot;
}

bool skel_mail_take(skel_mail *mail, int *from, size_t bytes, void *letter)
{
    MPI_Status envelope;
    int arrived = 0;

    if (mail->comm == MPI_COMM_NULL) {
        return false;
    }
    (void)MPI_Iprobe(MPI_ANY_SOURCE, 0, mail->comm, &arrived, &envelope);
    if (arrived) {
        *from = envelope.MPI_SOURCE;
        (void)MPI_Recv(letter, (int)bytes, MPI_BYTE, *from, 0, mail->comm, MPI_STATUS_IGNORE);
    }
    return arrived != 0;
}

void skel_mail_doze(void)
{
    enum { MICROSECONDS = 2000 };

    (void)usleep(MICROSECONDS);
}
